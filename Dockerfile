# One image for every role: `wakeline up | collect | serve | migrate`.
FROM python:3.11-slim AS build
WORKDIR /source
COPY requirements.lock ./
# uv itself by its hash; it is the only installer that holds a plain requirement to a locked hash.
RUN awk '/^[^ #]/ {keep = /^uv==/} keep' requirements.lock > /tmp/uv.lock \
    && pip install --no-cache-dir --require-hashes -r /tmp/uv.lock \
    && uv venv --no-python-downloads --python /usr/local/bin/python3.11 /opt/wakeline
COPY . .
# The server's part of the lock only: no tools, no tests. Versions and hashes come from the lock.
RUN uv pip install --python /opt/wakeline/bin/python --no-cache --compile-bytecode \
    --constraints requirements.lock --build-constraints requirements.lock ".[server]"

FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin wakeline \
    && install --directory --owner=wakeline --group=wakeline --mode=0750 /var/lib/wakeline
COPY --from=build /opt/wakeline /opt/wakeline
ENV PATH=/opt/wakeline/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    WAKELINE_DATA=/var/lib/wakeline
USER 10001:10001
WORKDIR /var/lib/wakeline
VOLUME /var/lib/wakeline
EXPOSE 4317 4318 8080
ENTRYPOINT ["wakeline"]
CMD ["up"]
