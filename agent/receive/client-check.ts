import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { SecretFile } from '../runtime/secret-file.ts';

export interface ClientRules {
  /** A certificate is needed that the CA has signed; the receiver asks for it. */
  readonly needsCertificate: boolean;
  /** Common names of which that certificate has to have one; empty: any. */
  readonly names: readonly string[];
  /** Null: no token is needed. */
  readonly tokenFile: string | null;
}

/** Decides who may post. All that is configured is needed, a certificate as well as a token. */
export class ClientCheck {
  readonly #rules: ClientRules;
  readonly #token: SecretFile | null;

  constructor(rules: ClientRules) {
    this.#rules = rules;
    this.#token = rules.tokenFile === null ? null : new SecretFile(rules.tokenFile);
  }

  /** Null: it may. Else what is missing, in words for whoever set the API server up. */
  faultOf(request: IncomingMessage): string | null {
    return this.#certificateFault(request.socket as TLSSocket) ?? this.#tokenFault(request.headers.authorization);
  }

  #certificateFault(socket: TLSSocket): string | null {
    const { needsCertificate, names } = this.#rules;
    if (!needsCertificate) return null;
    if (!socket.authorized) return `a client certificate of audit.webhook.client_ca_file is needed (${String(socket.authorizationError)})`;
    const name = socket.getPeerCertificate().subject.CN;
    if (names.length === 0 || (typeof name === 'string' && names.includes(name))) return null;
    return 'the common name of the client certificate is not in audit.webhook.client_names';
  }

  /** A token file that cannot be read, or is empty, lets nobody in. */
  #tokenFault(authorization: string | undefined): string | null {
    if (this.#token === null) return null;
    const given = /^Bearer +(?<token>\S+) *$/i.exec(authorization ?? '')?.groups?.['token'];
    if (given === undefined) return 'a bearer token is needed';
    const wanted = readToken(this.#token);
    if (wanted === '') return 'audit.webhook.token_file cannot be read, or is empty';
    return timingSafeEqual(digest(given), digest(wanted)) ? null : 'wrong bearer token';
  }
}

function readToken(file: SecretFile): string {
  try {
    return file.read().trim();
  } catch {
    return '';
  }
}

/** Of equal length whatever is given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
