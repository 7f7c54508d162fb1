// A rule that is being edited: what is on disk, what is typed, and what to do when both change. Nothing typed is lost
// silently, and nothing newer on disk is overwritten.
import { untrack } from "svelte";
import type { ApiError } from "../ipc";
import { asApiError } from "../state/errors";
import type { Session } from "../state/session.svelte";
import type { Address } from "../view/address";

/** What is on disk; an empty version: nothing yet. */
export interface OnDisk<F> { form: F; version: string }

export class Draft<F> {
  /** What is typed; null until it was read. */
  form: F | null = $state(null);
  /** What is on disk by now, if the same rule changed there while something was typed. */
  theirs: OnDisk<F> | null = $state.raw(null);
  error: ApiError | null = $state.raw(null);
  busy = $state(false);
  /** What is typed comes from a window that was closed. */
  restored = $state(false);
  #disk: OnDisk<F> | null = $state.raw(null);

  dirty(): boolean {
    return this.form !== null && this.#disk !== null && JSON.stringify(this.form) !== JSON.stringify(this.#disk.form);
  }

  /** The version that the form was opened with. */
  get base(): string {
    return this.#disk?.version ?? "";
  }

  /** Takes what is on disk: into the form, unless that would lose what was typed. */
  found(disk: OnDisk<F>): void {
    if (this.#disk !== null && disk.version === this.#disk.version) return;
    if (this.#disk !== null && this.dirty()) {
      this.theirs = disk;
      return;
    }
    this.#disk = disk;
    this.form = structuredClone(disk.form);
    this.theirs = null;
  }

  /** Starts with a form that differs from what is on disk: a copy, say. */
  start(form: F, disk: OnDisk<F>): void {
    this.#disk = disk;
    this.form = structuredClone(form);
  }

  /** Goes on with what was typed in a window that closed; another version on disk by now is asked about. */
  restore(kept: OnDisk<F>): void {
    const disk = this.#disk;
    if (disk === null || JSON.stringify(kept.form) === JSON.stringify(disk.form)) return;
    this.form = kept.form;
    this.restored = true;
    if (kept.version !== disk.version) this.theirs = disk;
  }

  takeTheirs(): void {
    if (this.theirs === null) return;
    this.#disk = this.theirs;
    this.form = structuredClone(this.theirs.form);
    this.theirs = null;
    this.error = null;
  }

  /** What is typed replaces what is on disk now. */
  keepMine(): void {
    if (this.theirs !== null) this.#disk = this.theirs;
    this.theirs = null;
    this.error = null;
  }

  discard(): void {
    if (this.#disk !== null) this.form = structuredClone(this.#disk.form);
    this.error = null;
    this.restored = false;
  }

  /** Runs what a button does; false if it failed, which then stands in `error`. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      await work();
      return true;
    } catch (failed) {
      this.error = asApiError(failed);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** Ms after the last key until what is typed is kept outside the window. */
const KEEP_MS = 400;

/**
 * A draft that follows the disk, under `key` in what is kept of unsaved forms. To be called while a component starts;
 * `read` null: the rule is new. A window that closes keeps what was typed; leaving the form lets it go. `stays`: whether
 * the form is still there at an address, so that nothing is lost on the way to it.
 */
export function draft<F>(session: Session, key: string, read: (() => Promise<OnDisk<F>>) | null, empty: () => F, stays: (at: Address) => boolean = () => false): Draft<F> {
  const made = new Draft<F>();
  const generation = $derived(session.status?.generation);
  let asked = 0;
  let gone = false;
  const look = async () => {
    if (read === null) return;
    const mine = ++asked;
    try {
      const disk = await read();
      if (mine === asked && !gone) made.found(disk);
    } catch (failed) {
      if (mine === asked && made.form === null) made.error = asApiError(failed);
    }
  };
  const begin = async () => {
    if (read === null) made.found({ form: empty(), version: "" });
    else await look();
    const kept = await session.backend.unsavedKept(key).catch(() => null);
    if (kept !== null && !gone && !made.dirty()) made.restore(JSON.parse(kept) as OnDisk<F>);
    begun = true;
  };
  let begun = $state(false);
  void begin();
  $effect(() => {
    void generation;
    // While it is being saved the disk is behind or ahead; the form leaves afterwards.
    untrack(() => void (begun && !made.busy && look()));
  });
  const typed = $derived(made.form === null ? null : JSON.stringify(made.form));
  $effect(() => {
    // What was wrong with what stood there says nothing of what is typed now.
    if (typed !== null) untrack(() => (made.error = null));
  });
  $effect(() => {
    const text = made.dirty() ? JSON.stringify({ form: made.form, version: made.base }) : null;
    if (!untrack(() => begun)) return;
    const timer = setTimeout(() => void session.backend.unsavedKeep(key, text).catch(() => undefined), KEEP_MS);
    return () => clearTimeout(timer);
  });
  $effect(() => () => {
    gone = true;
    void session.backend.unsavedKeep(key, null).catch(() => undefined);
  });
  $effect(() => session.router.hold((to) => made.dirty() && !stays(to)));
  return made;
}
