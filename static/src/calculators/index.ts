/** The standard calculators that the page runs itself. */

import type { CalculatorType } from "../graph/calculator";
import type { Kernels } from "../kernels";
import { annotationOverlay } from "./annotation_overlay";
import { blend } from "./blend";
import { gaussianBlur } from "./blur";
import { detectionLabelIdToText } from "./detection_label_id_to_text";
import { detectionProjection } from "./detection_projection";
import { detectionsToRenderData } from "./detections_to_render_data";
import { imageProperties } from "./image_properties";
import { imageToTensor } from "./image_to_tensor";
import { nonMaxSuppression } from "./non_max_suppression";
import { ssdAnchors } from "./ssd_anchors";
import { tensorsToClassification } from "./tensors_to_classification";
import { tensorsToDetections } from "./tensors_to_detections";
import { tensorsToSegmentation } from "./tensors_to_segmentation";

export const STANDARD: readonly CalculatorType<{ kernels: Kernels }>[] = [
  annotationOverlay,
  blend,
  detectionLabelIdToText,
  detectionProjection,
  detectionsToRenderData,
  gaussianBlur,
  imageProperties,
  imageToTensor,
  nonMaxSuppression,
  ssdAnchors,
  tensorsToClassification,
  tensorsToDetections,
  tensorsToSegmentation,
];
