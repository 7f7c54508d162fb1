// Where the focus goes when a form or a question comes and leaves.

/** Without a better place: the button that opened it (`data-home`). */
function home(): void {
  if (document.activeElement === null || document.activeElement === document.body) document.querySelector<HTMLElement>("[data-home]")?.focus();
}

/** To be called when something with the focus leaves; waits until it is gone. */
export const leaveFocus = (): void => void setTimeout(home);

/** Attached to a form: its first field has the focus, and when it closes the focus does not get lost. */
export function takeFocus(form: HTMLElement): () => void {
  form.querySelector<HTMLElement>("input:not([type=file]), textarea")?.focus();
  return leaveFocus;
}

/** Attached to what went wrong: it may stand above what is seen of a long form. */
export function bringIntoView(what: HTMLElement): void {
  what.scrollIntoView?.({ block: "nearest" });
}
