// How large the text is: Ctrl+= and Ctrl+- (⌘ on a Mac) change it in steps, Ctrl+0 takes it back. Kept in the window's
// own store. Everything is measured in rem, so it all grows with it.

const KEY = "dinghy-text-size";

/** In per cent. */
export const sizes = [100, 110, 125, 150, 175, 200] as const;

const read = (): number => {
  try {
    const kept = Number(localStorage.getItem(KEY));
    return sizes.find((size) => size === kept) ?? 100;
  } catch {
    return 100;
  }
};

export function applyTextSize(size: number = read()): void {
  document.documentElement.style.fontSize = size === 100 ? "" : `${size}%`;
  // Browsers ask the window's box again when its width changes, not when the rem does that it is asked in.
  const box = document.getElementById("app");
  if (box === null) return;
  box.style.containerType = "normal";
  void box.offsetWidth;
  box.style.containerType = "";
}

export type Step = "larger" | "smaller" | "normal";

export function stepTextSize(step: Step): void {
  const at = Math.max(0, sizes.findIndex((size) => size === read()));
  const size = step === "normal" ? 100 : sizes[Math.min(sizes.length - 1, Math.max(0, at + (step === "larger" ? 1 : -1)))] ?? 100;
  try {
    localStorage.setItem(KEY, String(size));
  } catch {
    // It lasts as long as the window.
  }
  applyTextSize(size);
}

/** What the keys ask for; null: something else. */
export function textSizeStep(event: KeyboardEvent): Step | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  return { "=": "larger", "+": "larger", "-": "smaller", _: "smaller", 0: "normal" }[event.key] as Step | undefined ?? null;
}

/** Px that a length written as 16 px has now. */
export const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
