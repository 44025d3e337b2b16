import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileModule } from '../compile-module.ts';

/** Where the compiled module stands, so that the agent runs from source and in one file alike. */
export const COMPILED: string = join(import.meta.dirname, '../../agent/outputs/loki/snappy-wasm.ts');

/** Compiles encode.ts and returns the text of COMPILED. */
export function compile(): Promise<string> {
  return compileModule({ source: 'tools/snappy/encode.ts', builder: 'tools/snappy/build.ts', constant: 'SNAPPY_WASM' });
}

if (import.meta.main) writeFileSync(COMPILED, await compile());
