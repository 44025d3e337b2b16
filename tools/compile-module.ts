import { join } from 'node:path';
import { main as compileAssemblyScript } from 'assemblyscript/asc';

export interface ModuleSource {
  /** Path in the repository of the AssemblyScript, and of the program that compiles it. */
  readonly source: string;
  readonly builder: string;
  /** Name under which the module is exported. */
  readonly constant: string;
  /** What the compiler is told beside what it is told for all modules. */
  readonly options?: readonly string[];
}

/** Compiles a module and returns the text of the TypeScript file that holds it. */
export async function compileModule({ source, builder, constant, options = [] }: ModuleSource): Promise<string> {
  const baseDir = join(import.meta.dirname, '..');
  const common = [source, '--baseDir', baseDir, '--outFile', 'out.wasm', '-O3', '--converge', '--runtime', 'stub', '--noAssert'];
  let binary: Uint8Array = new Uint8Array();
  const { error } = await compileAssemblyScript([...common, ...options], {
    writeFile: (_name: string, contents: string | Uint8Array) => {
      if (typeof contents !== 'string') binary = contents;
    },
  });
  if (error !== null) throw error;
  const base64 = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,120}/g)!;
  const lines = base64.map((line) => `  '${line}'`).join(' +\n');
  return `/** Compiled from ${source} by ${builder}; a test keeps the two together. */\nexport const ${constant}: string =\n${lines};\n`;
}
