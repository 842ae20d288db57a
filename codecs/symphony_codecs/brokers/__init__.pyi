from .catalogue import Catalogue as Catalogue
from .catalogue import UnknownTypeError as UnknownTypeError
from .headers import MessageHeaders as MessageHeaders
from .headers import from_headers as from_headers
from .headers import headers_of as headers_of
from .kombu import kombu_priority as kombu_priority
from .kombu import publish_options as publish_options
from .kombu import register_with_kombu as register_with_kombu
