# One image for web, worker, sweeper and OCR server; docker-compose.yml says which is which.
FROM python:3.13.9-slim-bookworm AS packages

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/permitdesk/.venv
WORKDIR /opt/permitdesk
COPY requirements.txt .
# The lock is complete; --no-deps leaves out what only the unused code of two packages needs.
RUN .venv/bin/pip install --no-deps --require-hashes -r requirements.txt


FROM python:3.13.9-slim-bookworm

ENV PATH=/opt/permitdesk/.venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=kyc.settings \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0:8000
RUN groupadd --system --gid 10001 permitdesk \
    && useradd --system --uid 10001 --gid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin permitdesk \
    && install -d -o permitdesk -g permitdesk -m 700 /keys
WORKDIR /opt/permitdesk
COPY --from=packages /opt/permitdesk/.venv .venv
COPY manage.py ./
COPY deploy/gunicorn.conf.py deploy/gunicorn.conf.py
COPY ocr_integration ocr_integration
COPY kyc kyc
COPY templates templates
COPY static static
# Keys for this one command: collecting files needs settings, and none of them stays in the image.
RUN SECRET_KEY=while-building MEDIA_KEY="$(printf '%064d' 0)" INDEX_KEY="$(printf '%064d' 0)" \
    python manage.py collectstatic --no-input

USER 10001:10001
EXPOSE 8000 8001
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "kyc.wsgi"]
