/** Others' libraries for reading and writing media files: built as a script of its own, fetched when first needed. */

export {
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  getFirstEncodableVideoCodec,
  Input,
  MATROSKA,
  MP4,
  Mp4OutputFormat,
  Output,
  Quality,
  QTFF,
  VideoSample,
  VideoSampleSink,
  VideoSampleSource,
  WEBM,
  WebMOutputFormat,
} from "mediabunny";
export type { InputAudioTrack, InputVideoTrack } from "mediabunny";
export { Zip, ZipPassThrough } from "fflate";
