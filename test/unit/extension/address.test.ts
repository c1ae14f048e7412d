import assert from 'node:assert/strict';
import { splitPassword } from '../../../src/extension/connections/address';

describe('extension/connections/address', () => {
  const cases: readonly [string, string, string | undefined][] = [
    ['postgresql://me:s%40fe@db:5432/shop', 'postgresql://me@db:5432/shop', 's@fe'],
    ['postgres://me@db/shop', 'postgres://me@db/shop', undefined],
    ['postgres://db/shop?password=x&sslmode=require', 'postgres://db/shop?sslmode=require', 'x'],
    ['postgres://db/shop?sslmode=require&password=x', 'postgres://db/shop?sslmode=require', 'x'],
    ['postgres://db/shop?password=x', 'postgres://db/shop', 'x'],
    ['host=db password=x user=me', 'host=db user=me', 'x'],
    ["host=db password='a b\\'c'", 'host=db', "a b'c"],
    ['host=db user=me', 'host=db user=me', undefined],
  ];
  for (const [address, url, password] of cases) {
    it(`keeps no password in ${address}`, () => {
      const split = splitPassword(address);
      assert.equal(split.url, url);
      assert.equal(split.password, password);
    });
  }
});
