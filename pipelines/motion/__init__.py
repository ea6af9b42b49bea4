"""Films of six seconds: storyboards as data, frames by the compose engine, sound from arithmetic, one honest file."""
