"""The object store: one port, an S3 server behind it or a folder."""

from factory.storage.folder import FolderStorage
from factory.storage.port import Post, Stat, Storage, Writer, check_key, type_of
from factory.storage.s3 import S3Storage, open_storage

__all__ = ["FolderStorage", "Post", "S3Storage", "Stat", "Storage", "Writer", "check_key", "open_storage", "type_of"]
