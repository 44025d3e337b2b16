import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileModule } from '../compile-module.ts';

const OPTIONS = ['--importMemory', '--noExportMemory', '--enable', 'simd'];
const ROOT = join(import.meta.dirname, '../..');

interface LineModule {
  /** Where it stands compiled. */
  readonly compiled: string;
  readonly source: string;
  readonly constant: string;
}

export const MODULES: readonly LineModule[] = [
  { compiled: join(ROOT, 'agent/decode/scan-wasm.ts'), source: 'tools/lines/scan.ts', constant: 'SCAN_WASM' },
  { compiled: join(ROOT, 'agent/outputs/loki/write-wasm.ts'), source: 'tools/lines/write.ts', constant: 'WRITE_WASM' },
];

/** Compiles a module and returns the text of the file that it stands in. */
export function compile({ source, constant }: LineModule): Promise<string> {
  return compileModule({ source, constant, builder: 'tools/lines/build.ts', options: OPTIONS });
}

if (import.meta.main) for (const module of MODULES) writeFileSync(module.compiled, await compile(module));
