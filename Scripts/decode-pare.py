"""Decodes a .pare file by Docs/Format.md alone: Scripts/decode-pare.py FILE.pare -o OUT.npz (Python's standard library and numpy).

Every parameter becomes an array of OUT.npz under its name. Written from the page, not from Pare's source, so that the tests can hold both against it;
the arithmetic code takes 10 to 100 µs a weight, the more the fewer weights are 0.
"""

import math
import argparse
import zlib

import numpy as np

MAGIC = b"\x89pare"
ROLES = ["weight", "bias", "normalization", "clip", "other"]
# ONNX's numbers of element types; bfloat16 and float8 are given as their bit patterns.
ELEMENTS = {
    1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8", 12: "<u4", 13: "<u8", 16: "<u2",
    17: "u1", 18: "u1", 19: "u1", 20: "u1",
}


class Reader:
    """Goes through bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise ValueError(f"{count} bytes are needed at byte {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self):
        return self.take(1)[0]

    def word(self):
        return int.from_bytes(self.take(4), "little")

    def floats(self, count):
        return np.frombuffer(self.take(4 * count), "<f4").astype(np.float32)

    def number(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def signed(self):
        number = self.number()
        return number >> 1 ^ -(number & 1)

    def end(self):
        if self.at != len(self.data):
            raise ValueError(f"{len(self.data) - self.at} bytes are left")


class Bits:
    """Goes through the bits of a reader, the lowest of each byte first; `end` leaves it on a whole byte."""

    def __init__(self, reader):
        self.reader, self.byte, self.left = reader, 0, 0

    def take(self, count):
        value = 0
        for place in range(count):
            if self.left == 0:
                self.byte, self.left = self.reader.byte(), 8
            value |= (self.byte & 1) << place
            self.byte >>= 1
            self.left -= 1
        return value


# Layout


def sections(data):
    if data[:5] != MAGIC:
        raise ValueError("not a .pare file")
    version, reader, found = data[5], Reader(data), {}
    if version not in (1, 2, 3, 4):
        raise ValueError(f"version {version}")
    reader.at = 6
    while reader.at < len(data):
        start = reader.at
        kind = reader.byte()
        content = reader.take(reader.number())
        computed = zlib.crc32(data[start : reader.at])
        if reader.word() != computed:
            raise ValueError(f"section {kind}: the checksum is wrong")
        if kind in found or kind < 128 and kind not in (1, 2):
            raise ValueError(f"section {kind}")
        found[kind] = content
    return version, found


def fields(message):
    """Number and content of each field of a protobuf message."""
    reader = Reader(message)
    while reader.at < len(message):
        key = reader.number()
        number, wire = key >> 3, key & 7
        yield number, reader.number() if wire == 0 else reader.take({1: 8, 5: 4}.get(wire) or reader.number())


def names(content):
    """The names of the parameters that the graph lacks, in its order."""
    graph = content[1:] if content[0] == 0 else zlib.decompress(content[5:])
    found = []
    for message in (content for number, content in fields(graph) if number == 7):
        for initializer in (content for number, content in fields(message) if number == 5):
            parts = dict(fields(initializer))
            if 8 in parts and set(parts) <= {2, 8}:
                found.append(parts[8].decode())
    return found


# Records


def record(reader):
    head = reader.byte()
    form, is_transposed, is_variant = head & 3, bool(head & 4), bool(head & 64)
    shape = [reader.number() for _ in range(reader.number())]
    code = reader.byte()
    count = int(np.prod(shape, dtype=np.int64)) if shape else 1
    channels = (shape[-1] if is_transposed else shape[0]) if shape else 1
    values = {0: codebook, 1: grid, 2: floats, 3: None}[form]
    table = values(reader, is_variant) if values else None
    stream = Reader(reader.take(reader.number()))
    if table is None:
        return np.frombuffer(stream.data, ELEMENTS[code]).reshape(shape)
    raw_bits = {"float32": 32, "float16": 16, "bfloat16": 16}.get(table[0])
    rows = channels
    layout = (rows, count // rows, is_transposed and len(shape) > 1)
    found = arithmetic(stream, count, layout) if code == 8 else levels(stream, code, count, raw_bits, shape)
    stream.end()
    return weights(table, found, is_transposed).reshape(shape)


def book(reader, kind=np.uint32):
    """The negative and the positive values of a codebook, each by rising magnitude."""
    lists = []
    for _ in range(2):
        steps = [reader.number() for _ in range(reader.number())]
        patterns = np.cumsum(steps, dtype=np.int64) if steps else np.zeros(0, np.int64)
        patterns = patterns << 16 if kind is np.uint16 else patterns
        lists.append(patterns.astype(np.uint32).view(np.float32))
    return np.concatenate([-lists[0][::-1], np.zeros(1, np.float32), lists[1]]), len(lists[0])


def codebook(reader, is_variant):
    values = book(reader)
    return ("scaled", values, reader.floats(reader.number())) if is_variant else ("codebook", values)


def grid(reader, is_variant):
    reader.number()
    if not is_variant:
        return "grid", reader.floats(reader.number())
    return "dithered", reader.floats(1)[0], reader.number()


def floats(reader, is_variant):
    if is_variant:
        return "cells", [book(reader, np.uint16) for _ in range(reader.number())]
    return (["float32", "float16", "bfloat16"][reader.byte()],)


def cell(count, cells, is_transposed):
    """The number of the scale or the codebook of each weight."""
    places = np.arange(count)
    return places % cells if is_transposed and cells > 1 else places // (count // cells)


def dither(seed, count):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)


def weights(table, found, is_transposed):
    """What the levels stand for, in float32."""
    kind, count = table[0], len(found)
    if kind == "float32":
        return found.astype(np.uint32).view(np.float32)
    if kind == "float16":
        return found.astype(np.uint16).view(np.float16).astype(np.float32)
    if kind == "bfloat16":
        return (found.astype(np.uint32) << np.uint32(16)).view(np.float32)
    if kind == "grid":
        scales = table[1][cell(count, len(table[1]), is_transposed)]
        return np.where(found == 0, np.float32(0), found.astype(np.float32) * scales)
    if kind == "dithered":
        shifted = (found.astype(np.float32) - dither(table[2], count)) * table[1]
        return np.where(found == 0, np.float32(0), shifted)
    if kind == "cells":
        cells = cell(count, len(table[1]), is_transposed)
        return np.array([table[1][c][0][level + table[1][c][1]] for c, level in zip(cells, found)], np.float32)
    values, negatives = table[1]
    result = values[found + negatives]
    if kind == "scaled":
        scales = table[2][cell(count, len(table[2]), is_transposed)]
        result = np.where(found == 0, np.float32(0), result * scales)
    return result


# Streams


def levels(stream, coding, count, raw_bits, shape):
    is_huffman = coding == 10 if coding > 8 else coding & 1 == 1

    def row(length):
        if raw_bits:
            return raw(stream, length, raw_bits)
        return huffman(stream, length) if is_huffman else packed(stream, length)

    found = np.zeros(count, np.int64)
    if coding in (9, 10):
        places = pattern_places(stream, shape, is_huffman)
        found[places] = row(len(places))
        return found
    if coding < 2:
        return row(count)
    if coding < 4:
        marks = Bits(stream)
        places = [place for place in range(count) if marks.take(1)]
        found[places] = row(len(places))
        return found
    bits = 5 if coding < 6 else 8
    entries = stream.number()
    distances = huffman(stream, entries) if is_huffman else raw(stream, entries, bits)
    places = np.cumsum(distances + 1, dtype=np.int64) - 1
    found[places] = row(entries)
    return found


def pattern_places(stream, shape, is_huffman):
    """The places of the weights that a pattern leaves, in row-major order."""
    axis, segments, span, kept = (stream.number() for _ in range(4))
    length, step = shape[axis], math.prod(shape[axis + 1 :])
    segment = length // segments
    pieces = []
    for outer in range(math.prod(shape[:axis])):
        for start in range(0, length, segment):
            for first in range(start, start + segment, span):
                members = range(first, min(first + span, start + segment))
                pieces += [[(outer * length + m) * step + inner for m in members] for inner in range(step)]
    if kept == 0:
        size = (len(pieces) + 7) // 8
        marks = huffman(stream, size) if is_huffman else raw(stream, size, 8)
        stays = [int(marks[i // 8]) >> i % 8 & 1 for i in range(len(pieces))]
        return sorted(place for piece, stay in zip(pieces, stays) if stay for place in piece)
    bits, places = Bits(stream), []
    for piece in pieces:
        k = -(-kept * len(piece) // span)
        number = bits.take((math.comb(len(piece), k) - 1).bit_length())
        top = len(piece)
        for i in range(k, 0, -1):
            top = next(p for p in range(top - 1, -1, -1) if math.comb(p, i) <= number)
            number -= math.comb(top, i)
            places.append(piece[top])
    return sorted(places)


def raw(stream, count, bits):
    reader = Bits(stream)
    return np.array([reader.take(bits) for _ in range(count)], np.int64)


def packed(stream, count):
    if count == 0:
        return np.zeros(0, np.int64)
    least, head = stream.signed(), stream.number()
    codes, skips_zero = head >> 1, head & 1
    found = raw(stream, count, (codes - 1).bit_length()) + least
    return found + (found >= 0) if skips_zero else found


def huffman(stream, count):
    if count == 0:
        return np.zeros(0, np.int64)
    least, symbols = stream.signed(), stream.number()
    if symbols == 1:
        return np.full(count, least, np.int64)
    symbol_of = canonical(lengths(stream, symbols))
    reader, found = Bits(stream), []
    for _ in range(count):
        code, length = reader.take(1), 1
        while (length, code) not in symbol_of:
            code, length = code << 1 | reader.take(1), length + 1
            if length > 15:
                raise ValueError("no code of the table")
        found.append(symbol_of[length, code] + least)
    return np.array(found, np.int64)


def lengths(stream, symbols):
    bits, found, last = Bits(stream), [], min(15, (symbols - 1).bit_length())
    while len(found) < symbols:
        if bits.take(1):
            kind = bits.take(2)
            if kind == 3:
                more = 0
                while not bits.take(1):
                    more += 1
                found += [0] * (1 << more | bits.take(more))
                continue
            last = bits.take(4) if kind == 1 else last + (1 if kind == 2 else -1)
        found.append(last)
    return found


def canonical(found):
    """Symbols by length and code."""
    symbol_of, code = {}, 0
    for length in range(1, 16):
        code <<= 1
        for symbol, own in enumerate(found):
            if own == length:
                symbol_of[length, code] = symbol
                code += 1
    return symbol_of


# The arithmetic code


def limited(value, low, high):
    return low if value < low else high if value > high else value


def make_tables():
    squash, power = [0] * 6144, 1.0
    for i in range(3072):
        squash[3072 + i] = min(65528, int(65536 * (power / (1 + power))))
        squash[3072 - i] = max(8, int(65536 / (1 + power)))
        power *= 1.0039138893383475734
    squash[0] = 8
    stretch, at = [], -3071
    for j in range(4096):
        while at < 3071 and squash[3072 + at] < 16 * j + 8:
            at += 1
        stretch.append(at)
    return squash, stretch, [65536 * 5 // (5 * m + 8) for m in range(1024)]


SQUASH, STRETCH, RATE = make_tables()


def fraction(f):
    return STRETCH[limited(f, 0, 65535) >> 4]


def bucket(x):
    return limited((x + 1600) // 160, 0, 15)


class Counters:
    """Some counters: probabilities in 1/2^22 and numbers of observations."""

    def __init__(self, count, limit=1000):
        self.q, self.m, self.limit = [1 << 21] * count, [0] * count, limit

    def input(self, number):
        return STRETCH[self.q[number] >> 10]

    def learn(self, number, bit):
        q, m = self.q[number], self.m[number]
        q += ((((bit << 22) - q) >> 3) * RATE[m]) >> 13
        self.q[number] = limited(q, 0, (1 << 22) - 1)
        if m < self.limit:
            self.m[number] = m + 1


class RangeDecoder:
    def __init__(self, data):
        self.data, self.at, self.range = data, 4, 2**32 - 1
        self.code = int.from_bytes(data[:4].ljust(4, b"\0"), "big")

    def decide(self, p):
        bound = self.range * p >> 16
        bit = self.code < bound
        if bit:
            self.range = bound
        else:
            self.code -= bound
            self.range -= bound
        while self.range < 1 << 24:
            self.range <<= 8
            following = self.data[self.at] if self.at < len(self.data) else 0
            self.code = (self.code << 8 | following) & 0xFFFFFFFF
            self.at += 1
        return int(bit)


def sign(level):
    return (level > 0) - (level < 0)


def side(level):
    return 0 if level == 0 else 1 if level < 0 else 2


class Levels:
    """Decodes levels line by line; names are those of the page. Lists have a margin, so that places outside are 0."""

    def __init__(self, decoder, length, period, negatives, positives):
        self.decoder, self.T, self.largest = decoder, period, (positives, negatives)
        self.margin = period + 16
        width = length + 2 * self.margin
        self.c, self.u, self.v = [0] * width, [0] * width, [0] * width
        self.F, self.M, self.G = [0] * width, [0] * width, [0] * width
        self.N, self.O, self.S = 2, 1, 0
        self.near, self.fullness, self.around, self.busy = (Counters(256) for _ in range(4))
        self.signs = [Counters(count) for count in (1, 9, 27, 13, 15)]
        self.tables = [Counters(26 * 1024, 255 if table else 1000) for table in range(5)]
        self.whether = [[16000] * 3 + [10000] * 5 for _ in range(10)]
        self.sign_mixer = [20000] * 5
        self.more, self.bits = ([[18000] * 5 for _ in range(33)] for _ in range(2))

    def line(self, y, length):
        self.L = self.K = 0
        for x in range(length):
            self.c[self.margin + x] = self.level(x, self.margin + x, y)
        result = self.c[self.margin : self.margin + length]
        self.c, self.u, self.v = [0] * len(self.c), self.c, self.u
        return result

    def decide(self, mixer, inputs, counters):
        total = sum(w * x for w, x in zip(mixer, inputs))
        p = SQUASH[3072 + limited(total >> 16, -3071, 3071)]
        bit = self.decoder.decide(p)
        error = (bit << 16) - p
        for place, x in enumerate(inputs):
            mixer[place] = limited(mixer[place] + ((x * error + 32768) >> 16), -(1 << 24), 1 << 24)
        for table, number in counters:
            table.learn(number, bit)
        return bit

    def level(self, x, at, y):
        if not self.is_other(x, at, y):
            return 0
        is_negative = self.largest[0] == 0
        if self.largest[0] and self.largest[1]:
            is_negative = self.is_negative(at)
        magnitude = self.magnitude(at, int(is_negative))
        if magnitude > self.largest[int(is_negative)]:
            raise ValueError("a level is out of range")
        self.O += 1
        self.L += 1
        self.F[at] += 1
        self.S += magnitude
        self.K += magnitude
        self.M[at] += magnitude
        return -magnitude if is_negative else magnitude

    def is_other(self, x, at, y):
        c, u, v, F, T = self.c, self.u, self.v, self.F, self.T
        a = self.O * 65535 // self.N
        A, k = F[at - 1] + F[at + 1], 2
        if T:
            A, k = A + F[at - T] + F[at + T], 4
        column = fraction((65536 * F[at] + 3 * a) // (y + 3))
        row = fraction((65536 * self.L + 8 * a) // (x + 8))
        area = fraction((65536 * A + 3 * a) // (k * y + 3))
        near = [c[at - 1], u[at], u[at - 1], u[at + 1], c[at - 2], v[at]] + ([c[at - T], c[at + 1 - T]] if T else [])
        left = sum(level != 0 for level in c[at - 8 : at])
        beside = u[at - 3 : at + 4] + v[at - 3 : at + 4] + (c[at - T - 2 : at - T + 3] if T else [])
        counters = [
            (self.near, sum((level != 0) << place for place, level in enumerate(near))),
            (self.fullness, 16 * bucket(column) + bucket(row)),
            (self.around, 16 * bucket(area) + bucket(column)),
            (self.busy, 16 * min(7, left) + min(15, sum(level != 0 for level in beside))),
        ]
        inputs = [column, row, area] + [table.input(number) for table, number in counters] + [fraction(a)]
        bit = self.decide(self.whether[min(9, y.bit_length())], inputs, counters)
        self.N += 1
        return bit

    def is_negative(self, at):
        c, u, T = self.c, self.u, self.T
        around = c[at - 3 : at] + (c[at - T - 2 : at - T + 3] if T else [])
        above = 3 * side(u[at - 1]) + side(u[at + 1])
        if T:
            above = 9 * side(c[at - T]) + 3 * side(c[at + 1 - T]) + side(c[at - 1 - T])
        numbers = [
            0, 3 * side(c[at - 1]) + side(u[at]), above, 6 + limited(sum(map(sign, around)), -6, 6), 7 + limited(self.G[at], -7, 7),
        ]
        counters = list(zip(self.signs, numbers))
        bit = self.decide(self.sign_mixer, [table.input(number) for table, number in counters], counters)
        self.G[at] += -1 if bit else 1
        return bit

    def contexts(self, at, n):
        c, u, v, T = self.c, self.u, self.v, self.T
        m = 16 * self.S // (self.O - 1) if self.O > 1 else 16
        column = 16 * self.M[at] // self.F[at] if self.F[at] else m
        row = 16 * self.K // self.L if self.L else m
        nearby = [c[at - 1], u[at], c[at - T] if T else u[at - 1], c[at + 1 - T] if T else u[at + 1], c[at - 2], v[at]]
        count = sum(level != 0 for level in nearby)

        def r(mean):
            return min(11, 4 * mean // m)

        last = r(16 * sum(map(abs, nearby)) // count) if count else 12
        return [0, 1 + n, 2 * r(column) + n, 2 * r(row) + n, 2 * last + n]

    def magnitude(self, at, n):
        contexts, w, g = self.contexts(at, n), 1, 1

        def digit(mixer, e):
            counters = [(table, 1024 * context + e) for table, context in zip(self.tables, contexts)]
            return self.decide(mixer, [table.input(number) for table, number in counters], counters)

        while w < self.largest[n].bit_length() and digit(self.more[w], w):
            w += 1
        for _ in range(w - 1):
            g = 2 * g + digit(self.bits[w], (32 + 128 * w + g) % 1024)
        return g


def arithmetic(stream, count, layout):
    rows, columns, is_transposed = layout
    by_columns, period = stream.byte(), stream.number()
    negatives, positives = stream.number(), stream.number()
    matrix = np.zeros((rows, columns), np.int64)
    if negatives or positives:
        decoder = RangeDecoder(stream.take(len(stream.data) - stream.at))
        lines, length = (columns, rows) if by_columns else (rows, columns)
        model = Levels(decoder, length, period, negatives, positives)
        found = np.array([model.line(y, length) for y in range(lines)], np.int64)
        matrix = found.T if by_columns else found
    return (matrix.T if is_transposed else matrix).reshape(count)


def decode(data):
    """Every parameter of a file by its name."""
    _, found = sections(data)
    reader = Reader(found[2])
    arrays = [record(reader) for _ in range(reader.number())]
    reader.end()
    return dict(zip(names(found[1]), arrays, strict=True))


def main():
    parser = argparse.ArgumentParser(description="Decode a .pare file to an .npz file, by Docs/Format.md alone.")
    parser.add_argument("file")
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    with open(options.file, "rb") as file:
        arrays = decode(file.read())
    with open(options.output, "wb") as file:
        np.savez(file, **arrays)


if __name__ == "__main__":
    main()
