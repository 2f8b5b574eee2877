/** Opens what was chosen, or says why it cannot be opened. */

import { AppError } from "./failure";
import { MicrophoneSource, SoundFileSource } from "./audio_source";
import { ImageSource } from "./image_source";
import { takesNoSound, takesSound } from "./media_messages";
import { AUDIBLE, badAddress, emptyFile, notMedia, READABLE, unreachable } from "./messages";
import type { AudioFormat } from "./protocol";
import type { Choice, Source } from "./source";
import { VideoSource } from "./video_source";

/** `audio`: for an app that takes sound. Rejects with an {@link AppError} whose sentence the visitor can act on. */
export async function openSource(choice: Choice, audio: AudioFormat | null = null): Promise<Source> {
  if (audio !== null) return openSound(choice, audio);
  if (choice.kind === "microphone") throw new AppError(takesNoSound());
  if (choice.kind === "camera") return VideoSource.camera(choice.id);
  if (choice.kind === "screen") return VideoSource.screen();
  if (choice.kind === "file") return openFile(choice.file, choice.name);
  return openAddress(choice.address);
}

async function openSound(choice: Choice, audio: AudioFormat): Promise<Source> {
  if (choice.kind === "microphone") return MicrophoneSource.open(audio, choice.id);
  if (choice.kind === "camera" || choice.kind === "screen") throw new AppError(takesSound());
  const file = await fileOf(choice);
  if (file.size === 0) throw new AppError(emptyFile(file.name, AUDIBLE));
  return SoundFileSource.open(file, file.name, audio);
}

/** The attribute `source`: "camera", "screen", "microphone", an address relative to the document, or nothing ("none", null). */
export function readChoice(source: string | null): Choice | null {
  if (source === null || source === "" || source === "none") return null;
  if (source === "camera" || source === "screen" || source === "microphone") return { kind: source };
  return { kind: "address", address: source };
}

/** The file that was chosen, or that lies at the chosen address; rejects as {@link openSource} does. */
export async function fileOf(choice: Extract<Choice, { kind: "file" | "address" }>): Promise<File> {
  if (choice.kind === "file") return new File([choice.file], choice.name, { type: choice.file.type });
  const url = resolve(choice.address);
  const blob = await body(await ask(url, choice.address), choice.address);
  return new File([blob], fileName(url, choice.address), { type: blob.type });
}

async function openFile(file: Blob, name: string): Promise<Source> {
  if (file.size === 0) throw new AppError(emptyFile(name, READABLE));
  const kind = mediaKind(file.type, name);
  if (kind === "image") return ImageSource.open(file, name);
  if (kind === "video") return VideoSource.address(URL.createObjectURL(file), name);
  throw new AppError(notMedia(name));
}

async function openAddress(address: string): Promise<Source> {
  const url = resolve(address);
  const response = await ask(url, address);
  const type = response.headers.get("content-type") ?? "";
  const name = fileName(url, address);
  if (mediaKind(type, name) !== "video") return openFile(await body(response, address), name);
  // The video element fetches it itself, piece by piece.
  await response.body?.cancel();
  return VideoSource.address(url.href, name);
}

function resolve(address: string): URL {
  const url = URL.parse(address, document.baseURI);
  if (url === null || !/^(https?|blob|data):$/.test(url.protocol)) throw new AppError(badAddress(address));
  return url;
}

async function ask(url: URL, address: string): Promise<Response> {
  const response = await fetch(url).catch(() => null);
  if (response?.ok !== true) throw new AppError(unreachable(address, response?.status ?? 0));
  return response;
}

async function body(response: Response, address: string): Promise<Blob> {
  const blob = await response.blob().catch(() => null);
  if (blob === null) throw new AppError(unreachable(address, 0));
  return blob;
}

function fileName(url: URL, address: string): string {
  return url.protocol === "data:" ? "data:" : (url.pathname.split("/").at(-1) ?? address);
}

/** By the media type, or by the name's ending where the type says nothing. */
export function mediaKind(type: string, name: string): "image" | "video" | null {
  const [major] = type.toLowerCase().split("/");
  if (major === "image" || major === "video") return major;
  if (type !== "" && !type.startsWith("application/octet-stream")) return null;
  if (/\.(jpe?g|png|webp|gif|bmp|avif)$/i.test(name)) return "image";
  return /\.(mp4|m4v|webm|mov|mkv|ogv)$/i.test(name) ? "video" : null;
}
