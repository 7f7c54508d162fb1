// Builds the window with its invented backend and serves it while the tests run.
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import type { TestProject } from "vitest/node";

const configFile = fileURLToPath(new URL("vite.config.ts", import.meta.url));

declare module "vitest" {
  export interface ProvidedContext { address: string }
}

export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  // Tests run with NODE_ENV=test, and Svelte would then warn of what only development has.
  process.env.NODE_ENV = "production";
  await build({ configFile, mode: "production" });
  const server = await preview({ configFile, preview: { port: 0, host: "127.0.0.1", open: false } });
  process.env.NODE_ENV = "test";
  project.provide("address", server.resolvedUrls?.local[0] ?? "");
  return () => server.close();
}
