import { describe, expect, test } from 'vitest';
import { auditWebhookSchema } from '../../agent/config/audit-webhook-schema.ts';

const FILES = { cert_file: '/tls/tls.crt', key_file: '/tls/tls.key' };
const TOKEN = { ...FILES, token_file: '/tls/token' };

function faultsOf(written: object): [path: string, message: string][] {
  const { error } = auditWebhookSchema.safeParse(written);
  return (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
}

describe('audit.webhook', () => {
  test('a certificate and a token are enough, all else has defaults', () => {
    expect(auditWebhookSchema.parse(TOKEN)).toEqual({
      ...TOKEN,
      listen: '0.0.0.0:9097',
      client_names: [],
      max_body_bytes: 16_777_216,
      held_bytes: 33_554_432,
      max_connections: 64,
      request_seconds: 30,
      spool_bytes: 1_073_741_824,
      spool_file_bytes: 16_777_216,
      remember_events: 65_536,
    });
  });

  test.each(['127.0.0.1:9097', '127.1.2.3:0', 'localhost:9097', '[::1]:9097'])('%s needs no authentication', (listen) => {
    expect(faultsOf({ ...FILES, listen })).toEqual([]);
  });

  test.each(['0.0.0.0:9097', ':9097', '[::]:9097', '10.0.0.1:9097', '127.example:9097', 'localhost.example:9097'])(
    '%s is not left open to anybody',
    (listen) => {
      expect(faultsOf({ ...FILES, listen })).toEqual([['listen', expect.stringContaining('client_ca_file or token_file')]]);
      expect(faultsOf({ ...FILES, listen, client_ca_file: '/tls/ca.crt' })).toEqual([]);
    },
  );

  test.each([
    [{ ...TOKEN, listen: '9097' }, 'listen', 'not an address'],
    [{ ...TOKEN, client_names: ['kube-apiserver'] }, 'client_names', 'without client_ca_file'],
    [{ ...TOKEN, max_body_bytes: 40_000_000 }, 'held_bytes', 'is less than max_body_bytes'],
    [{ ...TOKEN, spool_bytes: 50_331_647 }, 'spool_bytes', 'write at least 50331648'],
    [{ ...TOKEN, token_file: 'token' }, 'token_file', 'not an absolute path'],
  ])('%j: %s %s', (written, key, message) => {
    expect(faultsOf(written)).toEqual([[key, expect.stringContaining(message)]]);
  });

  test('a spool of the least size that is allowed has room for a batch beside the file that stays', () => {
    expect(faultsOf({ ...TOKEN, spool_bytes: 50_331_648 })).toEqual([]);
  });
});
