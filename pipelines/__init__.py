"""How words and pixels are made: functions, no database, no queue, no bucket."""
