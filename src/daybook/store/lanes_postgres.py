"""Lanes on PostgreSQL.

Time is the database's own: now() where the statement is its transaction, clock_timestamp() inside one.

clock_timestamp() never stands in a claim's WHERE: it is volatile, so no index could serve it. The MATERIALIZED parts
keep LIMIT, SKIP LOCKED and random() from being run again by the planner, which could claim too much.
"""

from collections.abc import Collection, Sequence
from typing import Any

from daybook.lanes import LAPSE_CAP, LAPSES_TO_CAP, Held, Lane
from daybook.store.lanes import LaneTable, Values

_MINE = "kind = %(kind)s AND key = %(key)s AND token = %(token)s AND worker IS NOT NULL"
_WAIT = f"least({LAPSE_CAP}, 2 ^ least(failures, {LAPSES_TO_CAP}) * (0.75 + 0.5 * random()))"


class PostgresLanes(LaneTable):
    """The statements; LEAST and GREATEST skip NULL here."""

    WAKE = """
        INSERT INTO lane (kind, key, class, due_at)
        VALUES (%(kind)s, %(key)s, %(class)s, clock_timestamp() + %(delay)s * interval '1 s')
        ON CONFLICT (kind, key) DO UPDATE
        SET due_at = GREATEST(LEAST(lane.due_at, excluded.due_at), lane.not_before),
          class = CASE WHEN lane.worker IS NULL AND lane.due_at IS NULL THEN excluded.class
                       ELSE LEAST(lane.class, excluded.class) END"""
    FENCE = f"SELECT 1 FROM lane WHERE {_MINE} FOR UPDATE"  # noqa: S608
    RELEASE = f"""
        UPDATE lane SET worker = NULL, lease_until = NULL, failures = 0, not_before = NULL,
          due_at = LEAST(due_at, clock_timestamp() + %(next)s::float8 * interval '1 s')
        WHERE {_MINE}"""  # noqa: S608
    PUT_BACK = f"""
        UPDATE lane SET worker = NULL, lease_until = NULL, failures = %(failures)s,
          not_before = clock_timestamp() + %(delay)s * interval '1 s',
          due_at = clock_timestamp() + %(delay)s * interval '1 s'
        WHERE {_MINE}"""  # noqa: S608
    CLAIM = """
        WITH c AS MATERIALIZED (
          SELECT kind, key FROM lane
          WHERE worker IS NULL AND class = %(class)s AND due_at <= now() AND kind = ANY(%(kinds)s::text[])
          ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
        UPDATE lane l SET worker = %(worker)s, token = l.token + 1, due_at = NULL,
          lease_until = now() + %(lease)s * interval '1 s'
        FROM c WHERE l.kind = c.kind AND l.key = c.key
        RETURNING l.kind, l.key, l.token, l.failures"""
    RENEW = """
        WITH c AS MATERIALIZED (
          SELECT l.kind, l.key, l.token, l.failures FROM lane l
          JOIN unnest(%(kind_list)s::text[], %(key_list)s::text[], %(token_list)s::bigint[]) x(kind, key, token)
          USING (kind, key, token)
          WHERE l.worker IS NOT NULL FOR UPDATE OF l SKIP LOCKED)
        UPDATE lane l SET lease_until = clock_timestamp() + %(lease)s * interval '1 s'
        FROM c WHERE l.kind = c.kind AND l.key = c.key AND l.token = c.token
        RETURNING l.kind, l.key, l.token, l.failures"""
    REAP = f"""
        WITH c AS MATERIALIZED (
          SELECT kind, key, CASE WHEN failures > 0 THEN now() + {_WAIT} * interval '1 s' END AS until
          FROM lane WHERE worker IS NOT NULL AND (%(everything)s OR lease_until <= now())
          ORDER BY kind, key FOR UPDATE SKIP LOCKED)
        UPDATE lane l SET worker = NULL, lease_until = NULL, token = token + 1, failures = failures + 1,
          due_at = coalesce(c.until, now()), not_before = c.until
        FROM c WHERE l.kind = c.kind AND l.key = c.key"""  # noqa: S608
    STATE = """
        SELECT extract(epoch FROM due_at - clock_timestamp()), worker, failures FROM lane
        WHERE kind = %(kind)s AND key = %(key)s"""
    NEXT_DUE = """
        SELECT extract(epoch FROM due_at - clock_timestamp()) FROM lane WHERE worker IS NULL AND due_at IS NOT NULL
          AND class = {number} AND kind = ANY(%(kinds_{number})s::text[])
        ORDER BY due_at LIMIT 1"""

    def at(self) -> Values:
        return {}

    def names(self, kinds: Collection[str]) -> object:
        """As the text of an array; the driver's own way to make one costs half as much as the claim."""
        return f"{{{','.join(sorted(kinds))}}}"

    def renew(self, driver: Any, held: Sequence[Held], lease: float) -> set[Held]:
        values = {
            "kind_list": [one.lane.kind for one in held],
            "key_list": [one.lane.key for one in held],
            "token_list": [one.token for one in held],
            "lease": lease,
        }
        rows = driver.execute(self.RENEW, values).fetchall()
        return {Held(Lane(kind, key), token, failures) for kind, key, token, failures in rows}
