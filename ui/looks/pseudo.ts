// Words a third longer, with letters that no English has: what is not from the catalog stands out, and what has no room
// for another language is cut off.

type Node = Record<string, unknown>;

const letters: Record<string, string> = { a: "á", e: "é", i: "í", o: "ö", u: "ü", s: "š", r: "ř", c: "č", n: "ñ" };

/** `Servers` as `⟦Šeřveřš~~~⟧`. */
const longer = (text: string): string =>
  text === "" ? "" : `⟦${[...text].map((letter) => letters[letter] ?? letter).join("")}${"~".repeat(Math.ceil(text.length / 3))}⟧`;

/** Changes every sentence of a catalog in place; the returned function takes it back. */
export function lengthen(catalog: object): () => void {
  const undo: (() => void)[] = [];
  const walk = (node: Node): void => {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === "string") node[key] = longer(value);
      else if (typeof value === "function") node[key] = (...args: unknown[]) => longer(String(value(...args)));
      else if (typeof value === "object" && value !== null) {
        walk(value as Node);
        continue;
      } else continue;
      undo.push(() => (node[key] = value));
    }
  };
  walk(catalog as Node);
  return () => undo.forEach((one) => one());
}
