from .errors import RecordError as RecordError
from .reading import read_records as read_records
from .reading import scan_records as scan_records
from .record import Record as Record
from .writing import write_records as write_records
