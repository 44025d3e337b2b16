import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ReceiverProcess } from './receiver-process.ts';

test('each run has its own counts, of lines and of all bytes on its sockets', async () => {
  for (const text of ['a\nb\n', 'a\nb\nc\n']) {
    await using receiver = await ReceiverProcess.start();
    const response = await fetch(`http://127.0.0.1:${receiver.ports.http}/lines`, { method: 'POST', body: text });
    expect(response.status).toBe(204);
    const { lines, wireBytes, formats, p50Ms } = await receiver.counts();
    expect({ lines, formats, p50Ms }).toStrictEqual({ lines: text.split('\n').length - 1, formats: ['lines'], p50Ms: null });
    expect(wireBytes).toBeGreaterThan(text.length + 'POST /lines HTTP/1.1'.length);
  }
});

test('lines over TCP, however they are cut', async () => {
  await using receiver = await ReceiverProcess.start();
  const socket = connect(receiver.ports.tcp, '127.0.0.1');
  await once(socket, 'connect');
  for (const chunk of ['one\ntw', 'o', '\nthree\n']) await new Promise((resolve) => socket.write(chunk, resolve));
  socket.end();
  // Its end is answered when all that came before has been read.
  await once(socket.resume(), 'close');
  const { lines, wireBytes } = await receiver.counts();
  expect([lines, wireBytes]).toStrictEqual([3, 14]);
});

test('a request that it does not know makes the counts worthless', async () => {
  await using receiver = await ReceiverProcess.start();
  const response = await fetch(`http://127.0.0.1:${receiver.ports.http}/other`, { method: 'POST', body: 'a\n' });
  expect(response.status).toBe(400);
  await expect(receiver.counts()).rejects.toThrow('POST /other');
});
