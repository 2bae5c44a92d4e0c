"""Settings of the server behind `make lab`."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's connection to the page that sends small messages at once.

    jupyter_server leaves Nagle's algorithm on: a message then waits until the page has acknowledged the
    one before, up to 40 ms. A slider's picture is such a message.
    """

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c = get_config()  # noqa: F821 (jupyter defines it)
c.ServerApp.kernel_websocket_connection_class = PromptConnection
