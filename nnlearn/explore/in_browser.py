"""What widgets need when Python itself runs in the browser (Pyodide)."""

import json
import sys


def mend_widgets():
    """Have widgets tell the page "nothing" as JavaScript's null, where Python runs in the browser; elsewhere do nothing.

    There Python's None reaches the page as `undefined`. A Stack without a chosen child asks for null, and fails. What goes through
    JSON, as it does between a kernel and a page everywhere else, arrives as null.
    """
    if sys.platform != "emscripten":
        return
    import pyodide_kernel.comm as kernel
    from js import JSON

    told = kernel.Comm.publish_msg
    if hasattr(told, "mended"):
        return

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        return told(self, msg_type, JSON.parse(json.dumps(data or {})), metadata, buffers, **keys)

    publish_msg.mended = True
    kernel.Comm.publish_msg = publish_msg
