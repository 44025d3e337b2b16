import { type ApiRequest, resourceName } from './api-request.ts';
import type { Kind } from './first-match.ts';

/** Resources whose bodies never leave the node. A subresource of theirs has the same bodies, or may. */
interface CredentialResource {
  /** Null: whichever. */
  readonly group: string | null;
  readonly resource: string;
  /** Null: with all of its subresources. */
  readonly subresource: string | null;
}

const CREDENTIALS: readonly CredentialResource[] = [
  { group: null, resource: 'secrets', subresource: null },
  { group: null, resource: 'configmaps', subresource: null },
  { group: null, resource: 'serviceaccounts', subresource: 'token' },
  { group: null, resource: 'tokenreviews', subresource: null },
  { group: null, resource: 'tokenrequests', subresource: null },
];

/** The resources whose bodies never leave: those that always hold credentials, and `more`. */
export class CredentialResources {
  /** Names of the resources whose objects hold credentials wherever they stand. */
  readonly names: ReadonlySet<string>;
  readonly #all: readonly CredentialResource[];

  constructor(more: readonly Pick<Kind, 'group' | 'resource'>[]) {
    this.#all = [...CREDENTIALS, ...more.map(({ group, resource }) => ({ group, resource, subresource: null }))];
    this.names = new Set(this.#all.filter(({ subresource }) => subresource === null).map(({ resource }) => resource));
  }

  /** The name of the resource that a request is about, when its bodies hold credentials; null: they are not known to. */
  of({ target }: ApiRequest): string | null {
    // The API server names the resource; an event that does not, while its path has one, is not one of its own.
    if (target.kind === 'path') return target.path.split('/').find((part) => this.names.has(part)) ?? null;
    const isHeld = this.#all.some(
      ({ group, resource, subresource }) =>
        resource === target.resource &&
        (group ?? target.group) === target.group &&
        (subresource ?? target.subresource) === target.subresource,
    );
    return isHeld ? resourceName(target) : null;
  }
}
