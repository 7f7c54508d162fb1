// Outcomes that pass: shown for six seconds, failures until closed.
import type { ApiError } from "../ipc";

const SHOWN_MS = 6000;

export interface Toast {
  id: number;
  ok: boolean;
  text: string;
  todo: string;
  /** Takes back what was done. */
  undo: (() => void) | null;
}

export class Toasts {
  list: Toast[] = $state.raw([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  done(text: string, undo: (() => void) | null = null): void {
    this.rest(this.#add({ ok: true, text, todo: "", undo }));
  }

  /** The same again takes the place of the first: failures stay until closed, and would pile up. */
  failed(error: ApiError): void {
    this.list = this.list.filter((toast) => toast.ok || toast.text !== error.message || toast.todo !== error.todo);
    this.#add({ ok: false, text: error.message, todo: error.todo, undo: null });
  }

  close(id: number): void {
    this.touch(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** The pointer is on it: it stays. */
  touch(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** The pointer has left it: its time starts again. */
  rest(id: number): void {
    const toast = this.list.find((one) => one.id === id);
    if (!toast?.ok) return;
    this.touch(id);
    this.#timers.set(id, setTimeout(() => this.close(id), SHOWN_MS));
  }

  #add(toast: Omit<Toast, "id">): number {
    const id = this.#next++;
    this.list = [...this.list.slice(-3), { id, ...toast }];
    return id;
  }
}
