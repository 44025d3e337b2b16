import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Appends one line per run to the file that TALLY names: how many tests passed, failed and were skipped, and the Node.js that
 * ran them. A suite or module that broke before its tests counts as one failure: it must not look like fewer tests.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const broken = modules.flatMap((module) => [module, ...module.children.allSuites()]).filter((suite) => suite.errors().length > 0);
    const failed = count('failed') + broken.length + unhandled.length;
    appendFileSync(process.env['TALLY'] ?? '/dev/stderr', `${count('passed')} ${failed} ${count('skipped')} ${process.version}\n`);
  }
}
