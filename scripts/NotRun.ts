import { styleText } from "node:util"
import type { Reporter, TestModule } from "vitest/node"

/** Ends a run of the tests with those that were skipped for a reason, so that nobody takes them for passed. */
export default class NotRun implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const result = test.result()
        const note = result.state === "skipped" ? result.note : undefined
        if (note !== undefined)
          console.log(styleText("yellow", `${test.fullName}: ${note} (${module.relativeModuleId})`))
      }
    }
  }
}
