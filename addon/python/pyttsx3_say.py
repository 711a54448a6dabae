"""Says one text into a WAV file with pyttsx3: JSON with text, language, rate and file on standard input."""

import json
import sys

import pyttsx3


def main():
    order = json.load(sys.stdin)
    engine = pyttsx3.init()
    engine.setProperty("rate", order["rate"])
    voice = voice_for(engine, order["language"])
    if voice is not None:
        engine.setProperty("voice", voice)
    engine.save_to_file(order["text"], order["file"])
    engine.runAndWait()


def voice_for(engine, language):
    """The first voice with the language in its identifier, its name or its list of languages."""
    for voice in engine.getProperty("voices") or []:
        known = [str(voice.id), str(voice.name)]
        known += [item.decode("latin1") if isinstance(item, bytes) else str(item) for item in voice.languages or []]
        if any(matches(item.lower().strip("\x05"), language) for item in known):
            return voice.id
    return None


def matches(name, language):
    parts = name.replace("_", "-").replace("/", "-").replace("\\", "-").split("-")
    return language in parts


main()
