import { describe, expect, test } from 'vitest';
import { requestFault, serverErrorReason } from '../../../agent/outputs/loki/server-error.ts';

describe(requestFault, () => {
  test.each([
    ['label name is empty\n', 'bad_metadata'],
    ['normalization for label name "日本" resulted in invalid name "_"\n', 'bad_metadata'],
    [String.raw`normalization for label name "\"\n\u00a0" resulted in invalid name "_"` + '\n', 'bad_metadata'],
    ['rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5243918 vs. 4194304)\n', 'too_large'],
    ['rpc error: code = ResourceExhausted desc = trying to send message larger than max (5243918 vs. 4194304)\n', 'too_large'],
  ])('500 %j is due to the request', (text, reason) => {
    expect(requestFault(500, text)).toBe(reason);
  });

  test.each([
    'rpc error: code = ResourceExhausted desc = too many requests\n',
    'rpc error: code = Unavailable desc = connection refused\n',
    'empty ring\n',
    '',
  ])('500 %j may pass', (text) => {
    expect(requestFault(500, text)).toBeNull();
  });

  test('a gateway that repeats the words says nothing of the request', () => {
    expect(requestFault(502, 'label name is empty\n')).toBeNull();
  });
});

describe(serverErrorReason, () => {
  test.each([
    [500, 'something else\n', 'server_error'],
    [500, 'empty ring\n', 'unavailable'],
    [500, 'rpc error: code = Unavailable desc = connection refused\n', 'unavailable'],
    [503, 'something else\n', 'unavailable'],
  ])('%i %j: %s', (status, text, reason) => {
    expect(serverErrorReason(status, text)).toBe(reason);
  });
});
