// Chooses the backend: Tauri's inside the application, the in-memory one in a plain browser. Each is loaded only where
// it is used, so the application never carries the invented data in memory.
import type { Backend } from "./backend";

export async function connect(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./client")).client;
  const { FakeBackend, fakeOptions } = await import("./fake");
  return new FakeBackend(fakeOptions(location.search));
}

export type { Backend, Unlisten } from "./backend";
export type * from "./bindings";
