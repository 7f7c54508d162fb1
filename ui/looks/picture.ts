// Pictures that are compared: half as large as the page and with few colours, so that a whole set of them is small and
// the last shade of a letter's edge does not matter. What has moved or changed colour does.
import { deflateSync } from "node:zlib";
import { PNG } from "pngjs";

export interface Picture { width: number; height: number; /** Three bytes a pixel. */ data: Uint8Array }

/** Reads a PNG of any kind. */
export function read(png: Buffer): Picture {
  const { width, height, data } = PNG.sync.read(png);
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) out[i * 3 + c] = data[i * 4 + c] ?? 0;
  return { width, height, data: out };
}

/** The mean of each four pixels, in steps of 8: as much as a person tells apart side by side. */
export function halve(picture: Picture): Picture {
  const width = picture.width >> 1;
  const height = picture.height >> 1;
  const data = new Uint8Array(width * height * 3);
  const row = picture.width * 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const at = y * 2 * row + x * 6 + c;
        const sum = (picture.data[at] ?? 0) + (picture.data[at + 3] ?? 0) + (picture.data[at + row] ?? 0) + (picture.data[at + row + 3] ?? 0);
        data[(y * width + x) * 3 + c] = Math.min(255, Math.round(sum / 4 / 8) * 8);
      }
    }
  }
  return { width, height, data };
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(kind: string, body: Uint8Array): Buffer {
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length);
  out.write(kind, 4, "latin1");
  out.set(body, 8);
  let crc = 0xffffffff;
  for (let i = 4; i < body.length + 8; i++) crc = (crcTable[(crc ^ (out[i] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 8);
  return out;
}

/** A PNG with a palette of the 256 commonest colours; the rest takes the nearest of them. */
export function write({ width, height, data }: Picture): Buffer {
  const colour = (i: number): number => ((data[i * 3] ?? 0) << 16) | ((data[i * 3 + 1] ?? 0) << 8) | (data[i * 3 + 2] ?? 0);
  const counts = new Map<number, number>();
  for (let i = 0; i < width * height; i++) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(([value]) => value);
  const index = new Map(palette.map((value, i) => [value, i]));
  const nearest = (value: number): number => {
    let best = 0;
    let least = Infinity;
    palette.forEach((one, i) => {
      const far = ((one >> 16) - (value >> 16)) ** 2 + (((one >> 8) & 255) - ((value >> 8) & 255)) ** 2 + ((one & 255) - (value & 255)) ** 2;
      if (far < least) [best, least] = [i, far];
    });
    index.set(value, best);
    return best;
  };
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = index.get(colour(y * width + x)) ?? nearest(colour(y * width + x));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("PLTE", Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))),
    chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", new Uint8Array()),
  ]);
}

/** Two colours further apart than this (of 255, weighed as the eye does) count as different. */
const SHADE = 28;

export interface Difference { /** Part of all pixels, 0 to 1. */ part: number; /** The old picture faded, what differs in red. */ shown: Picture }

export function compare(before: Picture, after: Picture): Difference {
  if (before.width !== after.width || before.height !== after.height) return { part: 1, shown: after };
  const data = new Uint8Array(before.data.length);
  let count = 0;
  for (let i = 0; i < before.data.length; i += 3) {
    const d = [0, 1, 2].map((c) => (before.data[i + c] ?? 0) - (after.data[i + c] ?? 0));
    const far = Math.sqrt(0.3 * (d[0] ?? 0) ** 2 + 0.59 * (d[1] ?? 0) ** 2 + 0.11 * (d[2] ?? 0) ** 2);
    const light = 255 - (255 - (0.3 * (before.data[i] ?? 0) + 0.59 * (before.data[i + 1] ?? 0) + 0.11 * (before.data[i + 2] ?? 0))) / 4;
    if (far > SHADE) count++;
    data.set(far > SHADE ? [220, 0, 30] : [light, light, light], i);
  }
  return { part: count / (before.data.length / 3), shown: { ...before, data } };
}
