/** A buffer that counts how many of its bytes are looked at, each time that one is. */
export interface CountingBuffer {
  readonly bytes: Buffer;
  readonly touched: () => number;
}

export function countingBuffer(content: Buffer): CountingBuffer {
  let touched = 0;
  const methods: Readonly<Record<string, unknown>> = {
    indexOf(byte: number, from = 0): number {
      const found = content.indexOf(byte, from);
      touched += (found === -1 ? content.length : found) - from + 1;
      return found;
    },
    length: content.length,
  };
  const bytes = new Proxy(content, {
    get(target, name): unknown {
      if (typeof name !== 'string') throw new Error('not counted');
      if (name in methods) return methods[name];
      if (!/^-?\d+$/.test(name)) throw new Error(`${name} is not counted`);
      touched += 1;
      return target[Number(name)];
    },
  });
  return { bytes, touched: () => touched };
}
