// Chooses the backend: Tauri's inside the application, the in-memory one in a plain browser while developing. The built
// window has Tauri's alone: the invented data is not in the product.
import type { Backend } from "./backend";

export async function connect(): Promise<Backend> {
  if (import.meta.env.PROD || "__TAURI_INTERNALS__" in window) return (await import("./client")).client;
  const { FakeBackend, fakeOptions } = await import("./fake");
  return new FakeBackend(fakeOptions(location.search));
}

export type { Backend, Unlisten } from "./backend";
export type * from "./bindings";
