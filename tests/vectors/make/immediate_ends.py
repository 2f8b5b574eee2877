"""Ends under the immediate handler: cases that random graphs found, settled by MediaPipe itself."""

from typing import Any

CASES: list[dict[str, Any]] = [
    {
        "name": "Under the immediate handler the end of one stream settles the next timestamp of the others",
        "source": "MediaPipe 0.10.21, run",
        "graph": {
            "input_stream": ["a", "b"],
            "node": [
                {
                    "calculator": "PassThroughCalculator",
                    "input_stream": ["a", "b"],
                    "output_stream": ["x", "y"],
                    "input_stream_handler": {"input_stream_handler": "ImmediateInputStreamHandler"},
                    "name": "node",
                }
            ],
        },
        "steps": [
            {"packet": {"stream": "a", "timestamp": 11, "value": 11}},
            {"idle": True},
            {"close": "b"},
            {"idle": True},
            {"packet": {"stream": "a", "timestamp": 13, "value": 13}},
            {"idle": True},
        ],
        "expect": {"packets": {"x": [[11, 11], [13, 13]], "y": []}, "bounds": {"x": [12], "y": [11, 12, 13]}},
    },
    {
        "name": "Under the immediate handler a packet at the timestamp that another's end settled is refused",
        "source": "MediaPipe 0.10.21, run",
        "graph": {
            "input_stream": ["a", "b"],
            "node": [
                {
                    "calculator": "PassThroughCalculator",
                    "input_stream": ["a", "b"],
                    "output_stream": ["x", "y"],
                    "input_stream_handler": {"input_stream_handler": "ImmediateInputStreamHandler"},
                    "name": "node",
                }
            ],
        },
        "steps": [
            {"packet": {"stream": "a", "timestamp": 11, "value": 11}},
            {"idle": True},
            {"close": "b"},
            {"idle": True},
            {"packet": {"stream": "a", "timestamp": 12, "value": 12}},
            {"idle": True},
        ],
        "expect": {"packets": {"x": [[11, 11]]}, "error": ["node", "x"]},
    },
]
