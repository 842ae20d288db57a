from .errors import RecordError as RecordError
from .reading import read_records as read_records
from .reading import scan_records as scan_records
from .record import Record as Record
from .streams import read_records_async as read_records_async
from .streams import scan_records_async as scan_records_async
from .streams import write_records_async as write_records_async
from .writing import write_records as write_records
