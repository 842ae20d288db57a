from .batches import BATCH_SIZE as BATCH_SIZE
from .batches import arrow_schema as arrow_schema
from .batches import from_batches as from_batches
from .batches import to_batches as to_batches
from .parquet import join_parts as join_parts
from .parquet import read_parquet as read_parquet
from .parquet import write_parquet as write_parquet
from .parquet import write_part as write_part
