#!/bin/sh
# Speak the sentences of words.toml: needs espeak-ng and ffmpeg with libopus. The sounds are committed, so that tests
# need neither; another release of either makes other bytes of the same words. All but the microphone's lie in sounds.zip.
set -eu
cd "$(dirname "$0")"
python3 - <<'END' | while IFS='	' read -r language name words; do
import tomllib
for language, said in tomllib.load(open("words.toml", "rb")).items():
    for name, words in said.items() if language != "recognised" else ():
        print(language, name, words, sep="\t")
END
    mkdir -p "$language"
    espeak-ng -v "$language" -s 150 -w speech.wav "$words"
    ffmpeg -nostdin -loglevel error -y -i speech.wav -map_metadata -1 -fflags +bitexact -ac 1 -ar 16000 \
        -c:a libopus -b:a 12k "$language/$name.ogg"
done
for kind in webm m4a mp3 wav; do
    ffmpeg -nostdin -loglevel error -y -i pl/yes.ogg -map_metadata -1 -fflags +bitexact -ac 1 -ar 16000 "pl/yes.$kind"
done
espeak-ng -v pl -s 150 -w speech.wav "Pięćset dwanaście, trzysta czterdzieści pięć, sześćset siedemdziesiąt osiem."
ffmpeg -nostdin -loglevel error -y -i speech.wav -map_metadata -1 -fflags +bitexact -ac 1 -ar 8000 microphone.wav
rm speech.wav sounds.zip
python3 -m zipfile -c sounds.zip en it pl
rm -r en it pl
