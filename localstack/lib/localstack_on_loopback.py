"""Runs LocalStack on 127.0.0.1 only.

LocalStack 4.13.1 listens on every interface whatever address GATEWAY_LISTEN names: its Twisted
server makes its IPv4 endpoint without one. Here that endpoint is given the loopback address.
"""

from localstack.runtime.main import main
from localstack.runtime.server import twisted

_EVERYWHERE = twisted.endpoints.TCP4ServerEndpoint


class _OnLoopback(_EVERYWHERE):
    def __init__(self, reactor, port, backlog=50, interface="127.0.0.1"):
        super().__init__(reactor, port, backlog, interface)


twisted.endpoints.TCP4ServerEndpoint = _OnLoopback

if __name__ == "__main__":
    main()
