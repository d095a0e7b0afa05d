import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "services/*/test/**/*.test.ts", "scripts/**/*.test.ts"],
    globalSetup: ["packages/postgres/src/TestSetup.ts"],
    reporters: ["default", "./scripts/NotRun.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2
  }
})
