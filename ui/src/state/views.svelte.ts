// Views of the applications that the user kept: filters under a name. They belong to this window on this computer, so they
// are kept where the window keeps its own things, and what is damaged there counts as nothing.
const KEY = "dinghy.views";
/** More would not be found again. */
const MOST = 12;

export interface View { name: string; query: string }

const isView = (one: unknown): one is View =>
  typeof one === "object" && one !== null && typeof (one as View).name === "string" && typeof (one as View).query === "string";

function read(): View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isView).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export class Views {
  list: View[] = $state.raw(read());

  has(query: string): boolean {
    return this.list.some((view) => view.query === query);
  }

  keep(view: View): void {
    this.#write([...this.list.filter((one) => one.query !== view.query), view].slice(-MOST));
  }

  drop(query: string): void {
    this.#write(this.list.filter((one) => one.query !== query));
  }

  #write(list: View[]): void {
    this.list = list;
    try {
      localStorage.setItem(KEY, JSON.stringify(list));
    } catch {
      // A full or forbidden store: the views last as long as the window.
    }
  }
}
