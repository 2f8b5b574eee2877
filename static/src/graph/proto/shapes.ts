/** The shapes of the messages of configs, as pyweb_ml/graph/proto/export.py of the repository writes them. */

import shapes from "./shapes.json";

/**
 * "string", "int32", "int64", "double", "bool", "struct", an enum's values with "|" between them, a message's full
 * name, an object of field names and shapes (a message of its own), or a list of one shape (repeated).
 */
export type Shape = string | Fields | readonly Shape[];
export interface Fields {
  readonly [name: string]: Shape;
}
export type Message = keyof typeof shapes;

export const SHAPES: Readonly<Record<Message, Fields>> = shapes;

export const MESSAGES = {
  graph: "mediapipe.CalculatorGraphConfig",
  node: "mediapipe.CalculatorGraphConfig.Node",
  handler: "mediapipe.InputStreamHandlerConfig",
} as const satisfies Record<string, Message>;
