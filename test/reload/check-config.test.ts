import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkConfig, type CheckProgram } from '../../agent/reload/check-config.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const ENTRY = join(import.meta.dirname, '../../agent/main.ts');
const NEVER = new AbortController().signal;

async function bench(): Promise<{ file: string; program: CheckProgram; scriptOf: (text: string) => CheckProgram }> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const program = { execPath: process.execPath, execArgv: [], entry: ENTRY, env: { KEY: 's3cret' } };
  const scriptOf = (text: string): CheckProgram => {
    const entry = join(dir.path, 'entry.mjs');
    writeFileSync(entry, text);
    return { ...program, entry };
  };
  return { file: join(dir.path, 'config.yaml'), program, scriptOf };
}

describe(checkConfig, () => {
  const limits = { ms: 60_000, clock: systemClock, stop: NEVER };

  test('another process says what a file says, with secrets, the environment in place and a digest', async () => {
    const { file, program } = await bench();
    writeFileSync(
      file,
      'outputs: [{name: loki, type: loki, url: "http://loki/push", headers: {X-Key: "${KEY}"}}]\nkubernetes: {enabled: false}\n',
    );
    const checked = await checkConfig(file, program, limits);
    expect(checked).toMatchObject({ ok: true, kubeconfig: null, warnings: [], config: { outputs: [{ headers: { 'X-Key': 's3cret' } }] } });
    writeFileSync(file, 'outputs: []\n');
    const refused = await checkConfig(file, program, limits);
    expect(refused).toMatchObject({ ok: false, problems: [{ file, key: 'outputs' }] });
    expect((refused as { digest: string }).digest).not.toBe((checked as { digest: string }).digest);
  });

  test('a file that is not there is a problem without a digest', async () => {
    const { file, program } = await bench();
    expect(await checkConfig(file, program, limits)).toMatchObject({ ok: false, digest: null, problems: [{ file }] });
  });

  test('what takes too long, dies or talks nonsense says nothing of the file', async () => {
    const { file, scriptOf } = await bench();
    const why = async (script: string, ms = 60_000): Promise<string> => {
      const checked = await checkConfig(file, scriptOf(script), { ...limits, ms });
      return checked.ok === 'unknown' ? checked.why : JSON.stringify(checked);
    };
    expect(await why('setInterval(() => undefined, 1000)', 200)).toBe('it took longer than 0.2 s');
    expect(await why('process.kill(process.pid, "SIGKILL")')).toBe('it was ended by SIGKILL');
    expect(await why('console.error("no memory"); process.exit(134)')).toBe('it ended with 134: no memory');
    expect(await why('console.log("{")')).toBe('what it printed is not JSON');
    expect(await why('process.stdout.write("x".repeat(20_000_000))')).toContain('ERR_CHILD_PROCESS_STDIO_MAXBUFFER');
  });
});
