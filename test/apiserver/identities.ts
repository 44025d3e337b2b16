import { ANONYMOUS, UNAUTHENTICATED } from '../../agent/audit/api-request.ts';

/** Who makes a request, and as whom the API server takes them. */
export interface Identity {
  /** Null: sends none. */
  readonly token: string | null;
  /** Null: the API server does not know the token. */
  readonly user: string | null;
  /** All groups, as the API server orders them. */
  readonly groups: readonly string[];
}

const EVERYONE = 'system:authenticated';

function known(user: string, ...groups: readonly string[]): Identity {
  return { token: `token-of-${user.replaceAll(':', '-')}`, user, groups: [...groups, EVERYONE] };
}

/** May do everything. */
export const ADMIN: Identity = known('admin', 'system:masters');
/** May do nothing but what everyone may. */
export const ALICE: Identity = known('alice');
export const BOB: Identity = known('bob', 'devs');
export const KUBE_PROXY: Identity = known('system:kube-proxy');
export const NODE: Identity = known('system:node:node-1', 'system:nodes');
export const ANYONE: Identity = { token: null, user: ANONYMOUS, groups: [UNAUTHENTICATED] };
export const INTRUDER: Identity = { token: 'a-token-that-nobody-was-given', user: null, groups: [] };

/** Whoever shows a token of the service account. */
export function serviceAccount(namespace: string, name: string, token: string): Identity {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, EVERYONE];
  return { token, user: `system:serviceaccount:${namespace}:${name}`, groups };
}

/** The file for `--token-auth-file`; the group of everyone is added by the API server. */
export function tokenFile(): string {
  const rows = [ADMIN, ALICE, BOB, KUBE_PROXY, NODE].map(({ token, user, groups }) => {
    const own = groups.filter((group) => group !== EVERYONE);
    return `${token},${user},${user}${own.length === 0 ? '' : `,"${own.join(',')}"`}\n`;
  });
  return rows.join('');
}
