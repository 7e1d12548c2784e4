-- Roles, database and extensions. Run once by a superuser; running it again changes nothing. The embedded cluster runs it at every start.
--
-- By hand on a server of your own (both passwords from the environment, never on the command line):
--   OWNER_PASSWORD=... APPLICATION_PASSWORD=... psql -d postgres -v ON_ERROR_STOP=1 -f suite/runtime/sql/roles.sql
--
-- suite_owner owns everything and migrates (MIGRATE_DATABASE_URL); suite_app owns nothing and serves (DATABASE_URL).
-- Grants on tables are given after every migrate, by kind of model (suite/kernel/audit/database.py).

\if :{?owner}
\else
  \set owner suite_owner
\endif
\if :{?application}
\else
  \set application suite_app
\endif
\if :{?database}
\else
  \set database suite
\endif
\getenv owner_password OWNER_PASSWORD
\getenv application_password APPLICATION_PASSWORD

SELECT format('CREATE ROLE %I LOGIN CREATEDB', :'owner') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT format('CREATE ROLE %I LOGIN', :'application') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'application') \gexec
\if :{?owner_password}
  SELECT format('ALTER ROLE %I PASSWORD %L', :'owner', :'owner_password') WHERE :'owner_password' <> '' \gexec
\endif
\if :{?application_password}
  SELECT format('ALTER ROLE %I PASSWORD %L', :'application', :'application_password') WHERE :'application_password' <> '' \gexec
\endif

-- The owner may test as the application, and load rows past the triggers (restores, test data).
SELECT format('GRANT %I TO %I', :'application', :'owner') \gexec
SELECT format('GRANT SET ON PARAMETER session_replication_role TO %I', :'owner') \gexec

-- No request may hold locks or the server for long. The owner (migrations, bulk loads) is not bound.
ALTER ROLE :"application" SET lock_timeout = '5s';
ALTER ROLE :"application" SET statement_timeout = '30s';
ALTER ROLE :"application" SET idle_in_transaction_session_timeout = '30s';

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"application";
-- pghero-like views of the owner's and the bench's: who runs what.
SELECT format('GRANT pg_read_all_stats TO %I', :'owner') \gexec

\connect :"database"
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', name)
  FROM pg_available_extensions
 WHERE name IN ('pg_trgm', 'btree_gist', 'unaccent')
    OR (name = 'pg_stat_statements' AND current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%') \gexec
