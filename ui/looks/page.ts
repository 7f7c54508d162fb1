// What runs inside the page: waiting until it stands still, and looking for text that is cut off. Each is the body of a
// function, as WebDriver takes it, made from a real function so that it is checked like everything else.

/** Ends once nothing has changed for a moment and no answer is waited for. */
function still(ready: string, done: (found: boolean) => void): void {
  const started = performance.now();
  let last = started;
  const seen = new MutationObserver(() => (last = performance.now()));
  seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const look = () => {
    const now = performance.now();
    const there = document.querySelector(`[data-testid="${ready}"]`) !== null;
    // What is still asked for is drawn greyed.
    const busy = document.querySelector("[aria-busy=true]") !== null;
    if ((there && !busy && now - last > 90) || now - started > 8000) {
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done(there)));
    } else setTimeout(look, 20);
  };
  void document.fonts.ready.then(look);
}

/** What is cut off, in words; empty if all can be read. */
function cutOff(): string[] {
  const found = new Set<string>();
  const name = (element: Element): string => {
    const id = element.closest("[data-testid]")?.getAttribute("data-testid");
    return `${element.tagName.toLowerCase()}${[...element.classList].filter((one) => !one.startsWith("svelte-")).map((one) => `.${one}`).join("")}${id ? ` in ${id}` : ""}`;
  };
  const say = (what: string, element: Element, text: string) => found.add(`${what}: ${name(element)} “${text.trim().slice(0, 50)}”`);
  const hides = (value: string): boolean => value === "hidden" || value === "clip";

  if (document.documentElement.scrollWidth > innerWidth) found.add(`the page is ${document.documentElement.scrollWidth} px wide, the window ${innerWidth}`);
  for (const element of document.querySelectorAll<HTMLElement>("body *")) {
    const style = getComputedStyle(element);
    const scrolls = style.overflowX === "auto" || style.overflowX === "scroll";
    if (scrolls && element.scrollWidth > element.clientWidth + 1 && !element.matches("pre, textarea, input, .code")) say("scrolls sideways", element, element.textContent ?? "");
  }
  const over = document.querySelector("dialog[open]");
  const walker = document.createTreeWalker(over ?? document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent ?? "";
    const element = node.parentElement;
    if (text.trim() === "" || !element || element.closest(".said, script, style, option, select, svg, [aria-hidden=true].said") || !element.checkVisibility?.({ visibilityProperty: true })) continue;
    if (getComputedStyle(element).clipPath !== "none" || element.closest(".nav > span") && getComputedStyle(element).position === "absolute") continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if (getComputedStyle(element).fontSize === "0px") continue;
    let ellipsis = false;
    let gone = false;
    for (let up: HTMLElement | null = element; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      const inner = up.getBoundingClientRect();
      if (style.clipPath !== "none") gone = true;
      if (style.textOverflow === "ellipsis" && hides(style.overflowX)) {
        ellipsis = true;
        if (inner.width < 20 && box.width > inner.width + 1) say("squeezed", up, text);
      }
      // A box with an edge of its own must hold its words.
      const edged = up.matches("button, .btn, .chip, .tag, .nav, .bar, .gh, .li, .in, .seg label, .toast, .note, .banner, th, td, dialog");
      if (edged && !gone && (box.bottom > inner.bottom + 1.5 || box.top < inner.top - 1.5)) say("higher than its box", up, text);
      if (edged && !ellipsis && !gone && (box.right > inner.right + 1.5 || box.left < inner.left - 1.5)) say("wider than its box", up, text);
      if (hides(style.overflowX) && !ellipsis && !gone && (box.right > inner.right + 1.5 || box.left < inner.left - 1.5)) say("cut off at the side", up, text);
      if (hides(style.overflowY) && !gone && !["auto", "scroll"].includes(style.overflowY) && (box.bottom > inner.bottom + 2 || box.top < inner.top - 2)) {
        // Beyond a scrolling part's edge is not cut off but below.
        const between = [...ancestors(element, up)].some((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowY));
        if (!between) say("cut off above or below", up, text);
      }
      // What is fixed lies over all that it is written in.
      if (["auto", "scroll"].includes(style.overflowY) || style.position === "fixed") break;
    }
  }
  function* ancestors(from: Element, to: Element): Generator<Element> {
    for (let up: Element | null = from; up && up !== to; up = up.parentElement) yield up;
  }
  return [...found];
}

/** What can have the keyboard's focus and does not show it; the last key must have been Tab. */
function focusUnseen(): string[] {
  const root = document.querySelector("dialog[open]") ?? document.body;
  const before = document.activeElement as HTMLElement | null;
  const found: string[] = [];
  const shows = (element: Element, part?: string): boolean => {
    const style = getComputedStyle(element, part);
    return (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || (style.boxShadow !== "none" && style.boxShadow !== "");
  };
  for (const element of root.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, [tabindex]")) {
    if (element.tabIndex < 0 || element.matches(":disabled") || !element.checkVisibility()) continue;
    const plain = shows(element) && !element.matches(":focus");
    element.focus();
    if (document.activeElement !== element) continue;
    // A field without an edge of its own shows it on the box around it, a hidden radio button on its label.
    const seen = shows(element) || shows(element, "::after") || [element.parentElement, element.closest("label"), element.closest(".in, .chip, .box, .find")].some((one) => one !== null && shows(one));
    if (!seen && !plain) found.push(`no sign of focus: ${element.outerHTML.slice(0, 110)}`);
  }
  before?.focus();
  return found;
}

/** axe's findings, in words. */
function axeFindings(contrastAlone: boolean, done: (found: string[]) => void): void {
  interface Axe { run(context: unknown, options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> }
  const { axe } = window as unknown as { axe: Axe };
  axe.run(document, { resultTypes: ["violations"], ...(contrastAlone ? { runOnly: ["color-contrast"] } : {}) }).then(
    ({ violations }) => done(violations.map((one) => `${one.id}: ${one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 140)} ${one.id === "color-contrast" ? (node.failureSummary ?? "").replace(/\s+/g, " ").slice(0, 160) : ""}`).join(" | ")}`)),
    (error: unknown) => done([String(error)]),
  );
}

const body = (work: (...args: never[]) => unknown): string => `return (${work.toString()})(...arguments)`;

export const scripts = { still: body(still), cutOff: body(cutOff), focusUnseen: body(focusUnseen), axe: body(axeFindings) };
