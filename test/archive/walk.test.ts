import { randomBytes } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { open } from './opened.ts';
import { gzipNamed, paxOf, TAR_END, tarMember, tarOf, zipOf, zstdOf, type TarMember, type ZipMember } from './writers.ts';

const LONG = 'long line of text\n'.repeat(20_000);

describe('zip', () => {
  test.for<{ name: string; zip: Buffer; members: [string, string | undefined][]; left?: string[] }>([
    {
      name: 'deflated and stored',
      zip: zipOf([
        { name: 'a', data: 'one' },
        { name: 'b', data: 'two', method: 0 },
      ]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'longer than a piece',
      zip: zipOf([
        { name: 'a', data: LONG },
        { name: 'b', data: 'two' },
      ]),
      members: [
        ['a', LONG],
        ['b', 'two'],
      ],
    },
    { name: 'empty', zip: zipOf([]), members: [] },
    {
      name: 'a folder',
      zip: zipOf([
        { name: 'd/', method: 0 },
        { name: 'd/a', data: 'x' },
      ]),
      members: [
        ['d/', ''],
        ['d/a', 'x'],
      ],
    },
    ...(['signed', 'bare', 'zip64'] as const).flatMap((descriptor) => [
      {
        name: `sizes behind (${descriptor})`,
        zip: zipOf([
          { name: 'a', data: 'one', descriptor },
          { name: 'b', data: LONG, descriptor },
          { name: 'c', data: '3' },
        ]),
        members: [
          ['a', 'one'],
          ['b', LONG],
          ['c', '3'],
        ] as [string, string][],
      },
    ]),
    {
      name: 'stored, sizes behind',
      zip: zipOf([
        { name: 'a', data: 'PK\x07\x08 is in it', method: 0, descriptor: 'signed' },
        { name: 'b', data: LONG, method: 0, descriptor: 'signed' },
        { name: 'c', data: '3' },
      ]),
      members: [
        ['a', 'PK\x07\x08 is in it'],
        ['b', LONG],
        ['c', '3'],
      ],
    },
    {
      name: 'zip64',
      zip: zipOf([
        { name: 'a', data: 'one', zip64: true },
        { name: 'b', data: 'two' },
      ]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'the same name twice',
      zip: zipOf([
        { name: 'a', data: 'one' },
        { name: 'a', data: 'two' },
      ]),
      members: [
        ['a', 'one'],
        ['a', 'two'],
      ],
    },
    {
      name: 'a program before it',
      zip: zipOf([{ name: 'a', data: 'one' }], { before: Buffer.from('#!/usr/bin/env python3\n') }),
      members: [['a', 'one']],
    },
    { name: 'another file before it', zip: zipOf([{ name: 'a', data: 'one' }], { before: randomBytes(100_000) }), members: [['a', 'one']] },
    { name: 'bytes after it', zip: Buffer.concat([zipOf([{ name: 'a', data: 'one' }]), randomBytes(70_000)]), members: [['a', 'one']] },
    {
      name: 'two of them',
      zip: Buffer.concat([zipOf([{ name: 'a', data: 'one' }]), zipOf([{ name: 'b', data: 'two' }])]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'an entry that the directory does not name',
      zip: zipOf([
        { name: 'a', data: 'one', central: { absent: true } },
        { name: 'b', data: 'two' },
      ]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'bytes between entries',
      zip: zipOf([
        { name: 'a', data: 'one' },
        { name: 'b', data: 'two', gap: Buffer.from('PK\x03\x04 nonsense'.repeat(10_000)) },
      ]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'evil names',
      zip: zipOf(['/etc/passwd', '../../x', String.raw`C:\a\b`, 'a\nb', 'a\0b', '50%', 'x!/y'].map((name) => ({ name, data: 'e' }))),
      members: [
        ['/etc/passwd', 'e'],
        ['../../x', 'e'],
        [String.raw`C:\a\b`, 'e'],
        ['a\nb', 'e'],
        ['a%00b', 'e'],
        ['50%25', 'e'],
        ['x%21/y', 'e'],
      ],
    },
    {
      name: 'a name that is no UTF-8',
      zip: zipOf([{ name: Buffer.from([0x61, 0xff, 0x21, 0x2f]), data: 'e' }]),
      members: [['a%FF%21/', 'e']],
    },
    { name: 'an overlong name', zip: zipOf([{ name: 'n'.repeat(60_000), data: 'e' }]), members: [[`${'n'.repeat(4096)}…`, 'e']] },
    {
      name: 'another name in the directory',
      zip: zipOf([{ name: 'a.txt', data: 'one', central: { name: 'b.txt' } }]),
      members: [
        ['a.txt', 'one'],
        ['b.txt', undefined],
      ],
      left: ['b.txt: its directory names it, no entry does (content)'],
    },
    {
      name: 'another size in the directory',
      zip: zipOf([{ name: 'a', data: 'one', central: { packed: 99 } }]),
      members: [['a', 'one']],
      left: ['a: its directory and its entry differ about its size (content)'],
    },
    {
      name: 'encrypted',
      zip: zipOf([
        { name: 'a', data: 'one', flags: 1 },
        { name: 'b', data: 'two' },
      ]),
      members: [
        ['a', undefined],
        ['b', 'two'],
      ],
      left: ['a: encrypted (content)'],
    },
    {
      name: 'a method that is not read',
      zip: zipOf([
        { name: 'a', data: 'one', method: 14 },
        { name: 'b', data: 'two' },
      ]),
      members: [
        ['a', undefined],
        ['b', 'two'],
      ],
      left: ['a: zip method 14 (LZMA) is not read (limit)'],
    },
    {
      name: 'zstd in it',
      zip: zipOf([
        { name: 'a', data: zstdOf([Buffer.from('one')]), method: 93, crc: crc32('one') },
        { name: 'b', data: 'two' },
      ]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'a checksum that does not hold',
      zip: zipOf([
        { name: 'a', data: 'one', crc: 1 },
        { name: 'b', data: 'two' },
      ]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
      left: ['a: its checksum does not hold (content)'],
    },
    {
      name: 'cut within a member',
      zip: zipOf([{ name: 'a', data: LONG, method: 0 }]).subarray(0, 100_000),
      members: [['a', LONG.slice(0, 99_969)]],
      left: ['a: truncated: the rest of it is missing (content)', ': truncated: its directory is missing (content)'],
    },
    {
      name: 'cut before its directory',
      zip: zipOf([{ name: 'a', data: 'one' }]).subarray(0, 36),
      members: [['a', 'one']],
      left: [': truncated: its directory is missing (content)'],
    },
  ])('$name', async ({ zip, members, left = [] }) => {
    expect(await open(zip)).toMatchObject({ members, left });
    expect(await open(zip, { chunk: 7_919 })).toMatchObject({ members, left });
  });

  test('a damaged member: what stands before the damage is given, and the next one', async () => {
    const zip = zipOf([
      { name: 'a', data: randomBytes(400_000) },
      { name: 'b', data: 'two' },
    ]);
    zip.fill(0xff, 300_000, 300_100);
    const { members, left } = await open(zip);
    expect(members[1]).toEqual(['b', 'two']);
    expect(left).toHaveLength(1);
    expect(members[0]?.[1]?.length).toBeGreaterThan(200_000);
  });

  test('entries that overlap are expanded once', async () => {
    // Fifield's bomb in small: the directory names many entries, each of which would expand the kernel again.
    const kernel = zipOf([{ name: 'kernel', data: Buffer.alloc(1_000_000) }]);
    const names = Array.from({ length: 1000 }, (_, i): ZipMember => ({ name: `f${i}`, data: '', method: 0 }));
    const directory = zipOf(names).subarray(1000 * 30 + names.reduce((sum, { name }) => sum + name.length, 0));
    const { bytes, left } = await open(Buffer.concat([kernel, directory]));
    expect(bytes).toBe(1_000_000);
    expect(left).toHaveLength(101);
    expect(left.at(-1)).toBe(': 900 parts more were not looked at (content)');
  });
});

describe('tar', () => {
  const tar = (...members: readonly (TarMember | Buffer)[]): Buffer =>
    Buffer.concat([...members.map((one) => (Buffer.isBuffer(one) ? one : tarMember(one))), TAR_END]);
  const name200 = `${'d/'.repeat(100)}f`;
  const base256 = (size: number): Buffer => {
    const field = Buffer.alloc(12);
    field[0] = 0x80;
    field.writeUInt32BE(size, 8);
    return field;
  };
  test.for<{ name: string; bytes: Buffer; members: [string, string | undefined][]; left?: string[] }>([
    {
      name: 'ustar',
      bytes: tar({ name: 'a', data: 'one' }, { name: 'b', data: LONG }),
      members: [
        ['a', 'one'],
        ['b', LONG],
      ],
    },
    { name: 'v7', bytes: tar({ name: 'a', data: 'one', format: 'v7' }), members: [['a', 'one']] },
    { name: 'a prefix', bytes: tar({ name: 'a', prefix: 'p/q', data: 'one' }), members: [['p/q/a', 'one']] },
    {
      name: 'links, devices, folders, a FIFO',
      bytes: tar(
        { name: 'h', type: '1', link: '../victim' },
        { name: 's', type: '2', link: '/etc' },
        { name: 'c', type: '3' },
        { name: 'd/', type: '5' },
        { name: 'f', type: '6' },
        { name: 'h', data: 'x' },
      ),
      members: [
        ['h', undefined],
        ['s', undefined],
        ['c', undefined],
        ['d/', undefined],
        ['f', undefined],
        ['h', 'x'],
      ],
    },
    {
      name: 'a link that states a size and has none',
      bytes: tar({ name: 'h', type: '1', link: 'x', size: 5000 }, { name: 'b', data: 'two' }),
      members: [
        ['h', undefined],
        ['b', 'two'],
      ],
    },
    {
      name: 'a hard link with its content',
      bytes: tar({ name: 'h', type: '1', link: 'x', data: 'content' }, { name: 'b', data: 'two' }),
      members: [
        ['h', 'content'],
        ['b', 'two'],
      ],
    },
    {
      name: 'a long name (GNU)',
      bytes: tar(
        { name: '././@LongLink', type: 'L', data: `${name200}\0` },
        { name: 'cut', data: 'one', format: 'gnu' },
        { name: 'b', data: 'two' },
      ),
      members: [
        [name200, 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'pax',
      bytes: tar(
        { name: 'x', type: 'x', data: paxOf({ path: name200, size: '3', comment: 'c' }) },
        { name: 'cut', data: 'one', size: 0 },
        { name: 'b', data: 'two' },
      ),
      members: [
        [name200, 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'global pax records',
      bytes: tar({ name: 'g', type: 'g', data: paxOf({ comment: 'x' }) }, { name: 'a', data: 'one' }),
      members: [['a', 'one']],
    },
    {
      name: 'malformed pax records',
      bytes: tar({ name: 'x', type: 'x', data: '99999999 path=evil\n7 path\n-3 x=y\n' }, { name: 'a', data: 'one' }),
      members: [['a', 'one']],
    },
    {
      name: 'a size in base 256',
      bytes: tar({ name: 'a', data: 'one', size: base256(3) }, { name: 'b', data: 'two' }),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'a negative size',
      bytes: tar({ name: 'a', size: Buffer.alloc(12, 0xff) }, { name: 'b', data: 'two' }),
      members: [['b', 'two']],
      left: [': damaged: bytes that are no header are passed over (content)'],
    },
    {
      name: 'a size beyond everything',
      bytes: tar({ name: 'a', data: 'one', size: 0o77777777777 }),
      members: [['a', `one${'\0'.repeat(509 + 1024)}`]],
      left: ['a: truncated: the rest of it is missing (content)'],
    },
    {
      name: 'a damaged header',
      bytes: tar({ name: 'a', data: 'one' }, { name: 'x', data: 'bad', sum: 1 }, { name: 'b', data: 'two' }),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
      left: [': damaged: bytes that are no header are passed over (content)'],
    },
    {
      name: 'one behind the end mark',
      bytes: Buffer.concat([tarOf([{ name: 'a', data: 'one' }]), tarOf([{ name: 'b', data: 'two' }])]),
      members: [
        ['a', 'one'],
        ['b', 'two'],
      ],
    },
    {
      name: 'cut',
      bytes: tar({ name: 'a', data: LONG }).subarray(0, 100_000),
      members: [['a', LONG.slice(0, 99_488)]],
      left: ['a: truncated: the rest of it is missing (content)'],
    },
    { name: 'the rest of a volume', bytes: tar({ name: 'a', type: 'M', data: 'rest', format: 'gnu' }), members: [['a', 'rest']] },
    {
      name: 'evil names',
      bytes: tar(...['/abs', '../up', 'a\nb', '.git/hooks/post-checkout', 'A', 'a', 'a'].map((name) => ({ name, data: 'e' }))),
      members: [
        ['/abs', 'e'],
        ['../up', 'e'],
        ['a\nb', 'e'],
        ['.git/hooks/post-checkout', 'e'],
        ['A', 'e'],
        ['a', 'e'],
        ['a', 'e'],
      ],
    },
  ])('$name', async ({ bytes, members, left = [] }) => {
    expect(await open(bytes)).toMatchObject({ members, left });
    expect(await open(bytes, { chunk: 511 })).toMatchObject({ members, left });
  });

  test('an old sparse file: what it holds, its map apart', async () => {
    const header = tarMember({ name: 's', type: 'S', data: 'kept', format: 'gnu' });
    header[482] = 1; // the map goes on
    header.fill(32, 148, 156);
    header.write(
      `${header
        .subarray(0, 512)
        .reduce((all, byte) => all + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const map = Buffer.alloc(512, 0x30);
    map[504] = 0;
    const bytes = Buffer.concat([header.subarray(0, 512), map, header.subarray(512), tarMember({ name: 'b', data: 'two' }), TAR_END]);
    expect(await open(bytes)).toMatchObject({
      members: [
        ['s', 'kept'],
        ['b', 'two'],
      ],
      left: [],
    });
  });
});

describe('gzip', () => {
  test.for<{ name: string; bytes: Buffer; path?: string; members: [string, string][]; left?: string[] }>([
    { name: 'the name of the file less its ending', path: 'd/a.txt.gz', bytes: gzipSync('one'), members: [['a.txt', 'one']] },
    { name: 'a tgz', path: 'a.tgz', bytes: gzipSync('one'), members: [['a.tar', 'one']] },
    { name: 'the name in its header', path: 'b.gz', bytes: gzipNamed('../a.txt', 'one'), members: [['../a.txt', 'one']] },
    {
      name: 'several members',
      path: 'a.gz',
      bytes: Buffer.concat([gzipSync('one'), gzipSync(LONG), gzipSync('two')]),
      members: [['a', `one${LONG}two`]],
    },
    { name: 'zeros behind it', path: 'a.gz', bytes: Buffer.concat([gzipSync('one'), Buffer.alloc(1000)]), members: [['a', 'one']] },
    {
      name: 'a checksum that does not hold',
      path: 'a.gz',
      bytes: Buffer.concat([gzipSync('one').subarray(0, -8), Buffer.alloc(8)]),
      members: [['a', 'one']],
      left: ['a: its checksum does not hold (content)'],
    },
    {
      name: 'cut',
      path: 'a.gz',
      bytes: gzipSync(randomBytes(1000)).subarray(0, 10),
      members: [['a', '']],
      left: ['a: truncated: the rest of it is missing (content)'],
    },
    {
      name: 'cut in its trailer',
      path: 'a.gz',
      bytes: gzipSync('one').subarray(0, -3),
      members: [['a', 'one']],
      left: ['a: truncated: the rest of it is missing (content)'],
    },
  ])('$name', async ({ bytes, path, members, left = [] }) => {
    expect(await open(bytes, { path: path ?? 'a' })).toMatchObject({ members, left });
    expect(await open(bytes, { path: path ?? 'a', chunk: 3 })).toMatchObject({ members, left });
  });

  test('cut in a long one: what could be read', async () => {
    const content = randomBytes(500_000).toString('hex');
    for (let cut = 300_000; cut < 300_020; cut++) {
      const { members } = await open(gzipSync(content, { level: 1 }).subarray(0, cut), { path: 'a.gz' });
      expect(content.startsWith(members[0]?.[1] ?? '-')).toBe(true);
    }
    const { members, left } = await open(gzipSync(content).subarray(0, 300_000), { path: 'a.gz' });
    expect(members[0]?.[1]?.length).toBeGreaterThan(500_000);
    expect(left).toEqual(['a: truncated: the rest of it is missing (content)']);
  });
});

describe('zstd', () => {
  const frame = zstdOf([Buffer.from('one '), { byte: 0x78, times: 5 }, Buffer.from(' two')]);
  test.for<{ name: string; bytes: Buffer; members: [string, string][]; left?: string[] }>([
    { name: 'a frame', bytes: frame, members: [['a', 'one xxxxx two']] },
    {
      name: 'frames, one after the other, skippable ones among them',
      bytes: Buffer.concat([
        Buffer.from('\x52\x2a\x4d\x18\x04\0\0\0skip', 'latin1'),
        frame,
        Buffer.from('\x50\x2a\x4d\x18\0\0\0\0', 'latin1'),
        frame,
      ]),
      members: [['a', 'one xxxxx twoone xxxxx two']],
    },
    { name: 'one segment', bytes: zstdOf([Buffer.from('one')], { single: 3 }), members: [['a', 'one']] },
    {
      name: 'a dictionary',
      bytes: zstdOf([Buffer.from('one')], { dictionary: 7 }),
      members: [['a', '']],
      left: ['a: compressed with a dictionary (limit)'],
    },
    {
      name: 'a large window',
      bytes: zstdOf([Buffer.from('one')], { window: 0x90 }),
      members: [['a', '']],
      left: ['a: needs a window of more than 32 MiB (limit)'],
    },
    {
      name: 'cut',
      bytes: frame.subarray(0, -4),
      members: [['a', 'one xxxxx']],
      left: ['a: truncated: the rest of it is missing (content)'],
    },
    {
      name: 'a block that cannot be',
      bytes: Buffer.concat([zstdOf([Buffer.from('one'), Buffer.from('x')]).subarray(0, -4), Buffer.from([6, 0, 0])]),
      members: [['a', 'one']],
      left: ['a: damaged: the rest of it cannot be decompressed (content)'],
    },
  ])('$name', async ({ bytes, members, left = [] }) => {
    expect(await open(bytes, { path: 'a.zst' })).toMatchObject({ members, left });
    expect(await open(bytes, { path: 'a.zst', chunk: 1 })).toMatchObject({ members, left });
  });
});

describe('archives in archives', () => {
  const inner = zipOf([{ name: 'b', data: 'deep' }]);
  const outer = gzipSync(tarOf([{ name: 'x.zip', data: inner }]));
  test('as deep as they may be opened', async () => {
    expect(await open(outer, { path: 'o.tgz', depth: 3 })).toMatchObject({
      members: [
        ['o.tar', undefined],
        ['o.tar!/x.zip', undefined],
        ['o.tar!/x.zip!/b', 'deep'],
      ],
      left: [],
    });
    expect(await open(outer, { path: 'o.tgz', depth: 2 })).toMatchObject({
      members: [
        ['o.tar', undefined],
        ['o.tar!/x.zip', inner.toString('latin1')],
      ],
      left: ['o.tar!/x.zip: archives are opened 2 deep (limit)'],
    });
  });
  test('by what they are, not by their names', async () => {
    expect(
      await open(
        zipOf([
          { name: 'x.bin', data: inner },
          { name: 'y.zip', data: 'text' },
        ]),
      ),
    ).toMatchObject({
      members: [
        ['x.bin', undefined],
        ['x.bin!/b', 'deep'],
        ['y.zip', 'text'],
      ],
      left: [],
    });
  });
  test('formats that are not opened are bytes, and said to be', async () => {
    const xz = '\xfd7zXZ\0...';
    expect(await open(zipOf([{ name: 'a.xz', data: Buffer.from(xz, 'latin1') }]))).toMatchObject({
      members: [['a.xz', xz]],
      left: ['a.xz: xz is not opened (limit)'],
    });
  });
  test('one that is stored in one that is stored stands where it stands', async () => {
    const { members } = await open(tarOf([{ name: 'x.zip', data: zipOf([{ name: 'b', data: 'here', method: 0 }]) }]));
    expect(members).toEqual([
      ['x.zip', undefined],
      ['x.zip!/b', 'here'],
    ]); // `open` compares the places
  });
});

describe('limits', () => {
  test('members', async () => {
    const many = tarOf(Array.from({ length: 50 }, (_, i) => ({ name: `f${i}`, data: 'x' })));
    const { members, left } = await open(many, { members: 20 });
    expect(members).toHaveLength(20);
    expect(left).toEqual(['f19: more than 20 members: this and what follows (limit)']);
  });
  test('bytes, of all depths together', async () => {
    const bomb = zipOf([
      { name: 'a.gz', data: gzipSync(Buffer.alloc(2_000_000)) },
      { name: 'b', data: Buffer.alloc(2_000_000) },
    ]);
    const { bytes, left } = await open(bomb, { bytes: 2 ** 20, keep: false });
    expect(bytes).toBeLessThanOrEqual(2 ** 20);
    expect(left).toEqual(['a.gz!/a: expands to more than 1 MiB: this and what follows (limit)']);
  });
  test('how much a byte may become', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const { bytes, left } = await open(bomb, { free: 1_000_000, keep: false, path: 'b.gz' });
    expect(bytes).toBeLessThan(40_000_000);
    expect(left).toEqual(['b: expands to more than 200 times its size: this and what follows (limit)']);
  });
  test('an archive that holds itself ends', async () => {
    // Each level is opened anew: what ends it is the depth.
    let zip = zipOf([{ name: 'end', data: 'x' }]);
    for (let i = 0; i < 30; i++) zip = zipOf([{ name: 'r.zip', data: zip }]);
    const { left } = await open(zip, { depth: 8 });
    expect(left).toEqual([`${Array.from({ length: 8 }, () => 'r.zip').join('!/')}: archives are opened 8 deep (limit)`]);
  });
});
