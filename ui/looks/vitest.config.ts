// `npm run looks`: the window in real browsers. Kept apart from the other tests, which need no browser.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    environment: "node",
    include: ["looks/*.test.ts"],
    globalSetup: ["looks/server.ts"],
    // One browser each, side by side.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
