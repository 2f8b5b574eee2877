"""The shapes of protobuf messages as Python values, from which `messages` makes descriptors.

A shape is `str`, `int` (32 bits), `LONG` (64 bits), `float` (a double, so that a number survives), `bool`, `dict`
(any JSON object, as google.protobuf.Struct), a tuple of strings (an enum's values), a mapping of field names to
shapes (a message of its own), another string (a message's full name), or a list of one shape (repeated).
"""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.config import KINDS, ExecutorConfig, GraphConfig, HandlerConfig, InputStreamInfo, NodeConfig
from pyweb_ml.graph.contract import Fields
from pyweb_ml.graph.tracing import PYTHON_OPTIONS

Shape: TypeAlias = Any

NAMES: Final[dict[Any, str]] = {
    GraphConfig: "mediapipe.CalculatorGraphConfig",
    NodeConfig: "mediapipe.CalculatorGraphConfig.Node",
    ExecutorConfig: "mediapipe.ExecutorConfig",
    HandlerConfig: "mediapipe.InputStreamHandlerConfig",
    InputStreamInfo: "mediapipe.InputStreamInfo",
}
LONG: Final = "int64"
"""Whole numbers that 32 bits may not hold, such as microseconds; protobuf's JSON has them as strings."""
ANY: Final = "google.protobuf.Any"
CALCULATOR_OPTIONS: Final = "mediapipe.CalculatorOptions"
MEDIAPIPE_OPTIONS: Final = "mediapipe.MediaPipeOptions"


# fmt: off
PARTS: Final[dict[str, dict[str, Shape]]] = {
    "output_stream_handler": {
        "output_stream_handler": str, "input_side_packet": [str], "options": MEDIAPIPE_OPTIONS
    },
    "profiler_config": {
        "histogram_interval_size_usec": int, "num_histogram_intervals": int, "enable_profiler": bool,
        "enable_stream_latency": bool, "use_packet_timestamp_for_added_packet": bool, "trace_log_capacity": int,
        "trace_event_types_disabled": [int], "trace_log_path": str, "trace_log_count": int,
        "trace_log_interval_usec": int, "trace_log_margin_usec": int, "trace_log_interval_count": int,
        "trace_log_disabled": bool, "trace_enabled": bool, "trace_log_instant_events": bool,
        "calculator_filter": str,
    },
    "runtime_info": {"enable_graph_runtime_info": bool, "capture_period_msec": int},
}
# fmt: on
"""Parts of a config that we keep but have no class for (calculator.proto, stream_handler.proto)."""


def config_shape(config: type) -> dict[str, Shape]:
    """The fields of a class of `pyweb_ml.graph.config`; a graph's nodes last, where a reader looks for them."""
    kinds = {name: kind for name, kind in KINDS[config].items() if name != "node"}
    fields = {name: PARTS.get(name) or _field_shape(*kind) for name, kind in kinds.items()}
    options: dict[Any, dict[str, Shape]] = {
        NodeConfig: {"options": CALCULATOR_OPTIONS, "node_options": [ANY]},
        GraphConfig: {"options": MEDIAPIPE_OPTIONS, "graph_options": [ANY], "node": [NAMES[NodeConfig]]},
        InputStreamInfo: {},
    }
    return {**fields, **options.get(config, {"options": MEDIAPIPE_OPTIONS})}


def _field_shape(kind: Any, several: bool) -> Shape:
    shape = NAMES.get(kind, kind)
    return [shape] if several else shape


def options_shape(options: Mapping[str, Any]) -> dict[str, Shape]:
    """The message of a contract's options."""
    return dict(_option_shape(name, option.annotation) for name, option in options.items())


def _option_shape(name: str, annotation: Any) -> tuple[str, Shape]:
    union = get_origin(annotation) in (Union, UnionType)
    kept = [one for one in (get_args(annotation) if union else (annotation,)) if one is not NoneType]
    return ("model_path", str) if kept == [Model] else (name, _annotation_shape(kept[0]))


def _annotation_shape(annotation: Any) -> Shape:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        names = [extra.names for extra in annotation.__metadata__ if isinstance(extra, Fields)]
        return dict(zip(names[0], map(_annotation_shape, get_args(args[0])), strict=True))
    if is_typeddict(annotation):
        return {name: _annotation_shape(kind) for name, kind in get_type_hints(annotation).items()}
    if origin is Literal:
        return args
    if origin is list:
        return [_annotation_shape(args[0])]
    if annotation not in (str, int, float, bool, dict):
        raise TypeError(f"an option of the type {annotation!r} has no protobuf field")
    return annotation


# fmt: off
_ORIGIN = ("DEFAULT", "CONVENTIONAL", "TOP_LEFT")
PLACEMENT: Final[dict[str, dict[str, Shape]]] = {
    "mediapipe.InferenceCalculatorOptions": {
        "try_mmap_model": bool, "use_gpu": bool, "use_nnapi": bool, "cpu_num_thread": int,
        "delegate": {
            "tflite": {},
            "gpu": {
                "use_advanced_gpu_api": bool, "api": ("ANY", "OPENGL", "OPENCL"), "allow_precision_loss": bool,
                "cached_kernel_path": str, "serialized_model_dir": str, "model_token": str,
                "cache_writing_behavior": ("NO_WRITE", "TRY_WRITE", "WRITE_OR_ERROR"),
                "usage": ("UNSPECIFIED", "FAST_SINGLE_ANSWER", "SUSTAINED_SPEED"),
            },
            "nnapi": {"cache_dir": str, "model_token": str, "accelerator_name": str},
            "xnnpack": {"num_threads": int, "enable_zero_copy_tensor_io": bool},
        },
    },
    "mediapipe.ImageToTensorCalculatorOptions": {"gpu_origin": _ORIGIN},
    "mediapipe.TensorsToSegmentationCalculatorOptions": {"gpu_origin": _ORIGIN},
    "mediapipe.AnnotationOverlayCalculatorOptions": {"gpu_uses_top_left_origin": bool},
}
"""Options that say on which device, and how, MediaPipe computes; read and written, without effect here.

Where a graph of ours runs is chosen and checked on the device itself (an app's `backend`).
"""
FRAMEWORK: Final[dict[str, dict[str, Shape]]] = {
    PYTHON_OPTIONS: {"module": str, "options": dict, "construct": dict},
    "mediapipe.DefaultInputStreamHandlerOptions": {"batch_size": int},
    "mediapipe.FixedSizeInputStreamHandlerOptions": {
        "trigger_queue_size": int, "target_queue_size": int, "fixed_min_size": bool
    },
    "mediapipe.SyncSetInputStreamHandlerOptions": {"sync_set": [{"tag_index": [str]}]},
    "mediapipe.TimestampAlignInputStreamHandlerOptions": {"timestamp_base_tag_index": str},
    "mediapipe.ThreadPoolExecutorOptions": {
        "num_threads": int, "stack_size": int, "nice_priority_level": int,
        "require_processor_performance": ("NORMAL", "LOW", "HIGH"), "thread_name_prefix": str,
    },
    "mediapipe.SwitchContainerOptions": {
        "contained_node": [NAMES[NodeConfig]], "select": int, "enable": bool, "synchronize_io": bool,
        "async_selection": bool,
    },
    "mediapipe.FlowLimiterCalculatorOptions": {
        "max_in_flight": int, "max_in_queue": int, "in_flight_timeout": LONG
    },
    "mediapipe.GateCalculatorOptions": {
        "empty_packets_as_allow": bool, "allow": bool,
        "initial_gate_state": ("GATE_UNINITIALIZED", "GATE_ALLOW", "GATE_DISALLOW"),
    },
    "mediapipe.PacketClonerCalculatorOptions": {
        "output_only_when_all_inputs_received": bool,
        "output_packets_only_when_all_inputs_received": bool,
    },
    "mediapipe.PacketResamplerCalculatorOptions": {
        "frame_rate": float, "max_frame_rate": float,
        "output_header": ("NONE", "PASS_HEADER", "UPDATE_VIDEO_HEADER"),
        "flush_last_packet": bool, "jitter": float, "jitter_with_reflection": bool, "reproducible_sampling": bool,
        "base_timestamp": LONG, "start_time": LONG, "end_time": LONG, "round_limits": bool,
        "use_input_frame_rate": bool,
    },
    "mediapipe.PacketThinnerCalculatorOptions": {
        "thinner_type": ("UNKNOWN", "ASYNC", "SYNC"), "period": LONG, "start_time": LONG, "end_time": LONG,
        "sync_output_timestamps": bool, "update_frame_rate": bool,
    },
    "mediapipe.ConstantSidePacketCalculatorOptions": {
        "packet": [{
            "int_value": int, "float_value": float, "bool_value": bool, "string_value": str, "uint64_value": int,
        }]
    },
}
# fmt: on
"""Options of what has no contract with options: input policies, executors, calculators that direct packets.

Source: the .proto files in mediapipe/framework/stream_handler, mediapipe/framework, mediapipe/calculators/core.
"""
