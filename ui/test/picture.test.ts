// What the comparison of pictures sees and what it does not.
import { expect, test } from "vitest";
import { compare, halve, type Picture, read, write } from "../looks/picture";

const plain = (width: number, height: number, paint: (x: number, y: number) => [number, number, number]): Picture => {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(paint(x, y), (y * width + x) * 3);
  return { width, height, data };
};
const page = (at: number, ink = 30) => plain(80, 40, (x, y) => (x >= at && x < at + 20 && y > 10 && y < 20 ? [ink, ink, ink] : [255, 255, 255]));

test("a picture is read back as it was written", () => {
  const halved = halve(page(20));
  const again = read(write(halved));
  expect([again.width, again.height]).toEqual([40, 20]);
  expect([...again.data]).toEqual([...halved.data]);
});

test("more colours than a palette has take the nearest one", () => {
  const many = plain(40, 8, (x, y) => [x * 6, y * 8, 0]);
  const again = read(write(many));
  expect(compare(many, again).part).toBe(0);
});

test.each([
  ["the same", page(20), page(20), 0], ["another shade of an edge", page(20, 30), page(20, 40), 0], ["what moved by two pixels", page(20), page(22), 0.01], ["another colour", page(20, 30), page(20, 120), 0.05],
] as const)("%s", (_name, before, after, least) => {
  const { part } = compare(halve(before), halve(after));
  if (least === 0) expect(part).toBe(0);
  else expect(part).toBeGreaterThan(least);
});

test("another size is another picture", () => expect(compare(page(1), halve(page(1))).part).toBe(1));
