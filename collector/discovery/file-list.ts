import { readFile } from 'node:fs/promises';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { reasonOf } from '../../core/runtime/reason.ts';
import { ListError, type ListedNode, type Lister } from './listed.ts';

const strict = { additionalProperties: false } as const;
/** No line break: it would begin another command to the switch. */
const Word = Type.String({ pattern: '^[^\\r\\n]{1,500}$' });

const Node = Type.Object(
  {
    host: Word,
    name: Type.Optional(Word),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
    user: Type.Optional(Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$' })),
    password: Type.Optional(Word),
    logLevel: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 })),
    utcOffsetMinutes: Type.Optional(Type.Integer({ minimum: -840, maximum: 840 })),
  },
  strict,
);

/** As in files of Prometheus (file_sd_configs); of the labels `name` counts where it names one target. */
const Group = Type.Object({
  targets: Type.Array(Type.String({ pattern: '^(\\[[0-9a-fA-F:.]+\\]|[^:\\s]+)(:\\d{1,5})?$' })),
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
});

/** The nodes in the text of a file, YAML or JSON. Throws {@link ListError} when any of it is not as expected. */
export function readList(text: string): readonly ListedNode[] {
  const items = parsed(text);
  if (!Array.isArray(items)) throw new ListError('bad_file', 'holds no list');
  return items.flatMap((item: unknown, i) => {
    if (Value.Check(Node, item)) return [{ ...item, name: item.name ?? item.host }];
    if (Value.Check(Group, item)) return ofGroup(item);
    throw new ListError('bad_file', `has an entry [${i}] that is neither a node with a host nor a group of targets`);
  });
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new ListError('bad_file', `is not readable: ${String(error).split('\n')[0]}`);
  }
}

function ofGroup({ targets, labels }: Static<typeof Group>): ListedNode[] {
  return targets.map((target) => {
    const [, host = '', port] = /^(.*?)(?::(\d{1,5}))?$/.exec(target) ?? [];
    const bare = host.replace(/^\[|\]$/g, '');
    const name = targets.length === 1 ? (labels?.name ?? bare) : bare;
    return { host: bare, name, ...(port === undefined ? {} : { port: Number(port) }) };
  });
}

/**
 * Reads the file whole each time: it may be renamed over, or be a link that is turned to another file, as Kubernetes does
 * with a ConfigMap.
 */
export function createFileList(path: string): Lister {
  return async () => {
    try {
      return readList(await readFile(path, 'utf8'));
    } catch (error) {
      if (error instanceof ListError) throw new ListError(error.reason, `${path} ${error.message}`);
      throw new ListError('no_file', `${path} cannot be read: ${reasonOf(error)}`);
    }
  };
}
