# One image for web, worker, beat, sweeper and the one-shot commands. The browser's libraries come in a stage of their own.
FROM node:24-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-progress

FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    SUITE_EMBEDDED=0 DATA_DIR=/srv/data MEDIA_ROOT=/srv/data/media STATIC_ROOT=/srv/static
WORKDIR /srv/suite
COPY requirements.txt ./
RUN pip install --require-hashes --compile -r requirements.txt
COPY . .
COPY --from=browser /build/node_modules node_modules
# The key is for this step only; a container without SECRET_KEY of its own refuses to start.
RUN python suite/runtime/browser_files.py --copy && rm -rf node_modules build \
 && SECRET_KEY=used-while-the-static-files-are-collected-and-never-again python manage.py collectstatic --no-input --verbosity 0 \
 && python -m compileall -q suite crm erp scm integration \
 && useradd --system --home-dir /srv/data suite && install -d -o suite -g suite /srv/data /srv/data/media /srv/data/run
USER suite
EXPOSE 8000
CMD ["gunicorn", "suite.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--timeout", "60", "--graceful-timeout", "10", "--worker-tmp-dir", "/dev/shm"]
