import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main as compileAssemblyScript } from 'assemblyscript/asc';

/** Where the compiled module stands, so that the agent runs from source and in one file alike. */
export const COMPILED: string = join(import.meta.dirname, '../../agent/outputs/loki/snappy-wasm.ts');

/** Compiles encode.ts and returns the text of COMPILED. */
export async function compile(): Promise<string> {
  const options = [
    'encode.ts',
    '--baseDir',
    import.meta.dirname,
    '--outFile',
    'out.wasm',
    '-O3',
    '--converge',
    '--runtime',
    'stub',
    '--noAssert',
  ];
  let binary: Uint8Array = new Uint8Array();
  const { error } = await compileAssemblyScript(options, {
    writeFile: (_name: string, contents: string | Uint8Array) => {
      if (typeof contents !== 'string') binary = contents;
    },
  });
  if (error !== null) throw error;
  const base64 = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,120}/g)!;
  const lines = base64.map((line) => `  '${line}'`).join(' +\n');
  return `/** Compiled from tools/snappy/encode.ts by tools/snappy/build.ts; a test keeps the two together. */\nexport const SNAPPY_WASM: string =\n${lines};\n`;
}

if (import.meta.main) writeFileSync(COMPILED, await compile());
