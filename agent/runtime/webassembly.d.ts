/** The part of WebAssembly's JavaScript interface that is used here; TypeScript has it among the browser's types only. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Global {
    readonly value: number;
  }
  interface Instance {
    readonly exports: object;
  }
  const Memory: new (size: { initial: number; maximum: number }) => Memory;
  const Module: new (bytes: Uint8Array) => object;
  const Instance: new (module: object, imports: object) => Instance;
}
